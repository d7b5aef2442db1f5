/** Recordings classified with a model of the person's own: as the model answers each window by itself. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClassifySettings, Job } from '../../contract/types.ts';
import { openModel } from '../../own-models/open-model.ts';
import type { OwnModels } from '../../own-models/own-models.ts';
import { readGraphs, readRecord } from '../../own-models/stored-model.ts';
import { takeModel } from '../../own-models/take-model.ts';
import { told, waveformModel, type Made } from '../../own-models/testing.ts';
import { AllowedPaths } from '../../recordings/allowed-paths.ts';
import { openRecording } from '../../recordings/decode.ts';
import { concatenate } from '../../recordings/concatenate.ts';
import { convertMono } from '../../recordings/pcm16k.ts';
import { noise, scratchFolder, tone, wavBytes } from '../../recordings/testing.ts';
import { detectionStore } from '../../store/detections/detection-store.ts';
import { openStore, type Store } from '../../store/open-store.ts';
import { resultStore } from '../../store/result-store.ts';
import { Jobs } from '../jobs.ts';
import { MemoryJobStore, whenFinished } from '../testing.ts';
import { Classification } from './classification.ts';
import { usualSettings } from './contract/settings.ts';
import { testBank, testModel } from './testing.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
let store: Store;
let jobs: Jobs;
let at: (name: string) => string;

beforeAll(async () => {
  scratch = await scratchFolder();
  at = (name) => join(scratch.folder, name);
  store = await openStore(at('lab.duckdb'));
  jobs = await Jobs.open(new MemoryJobStore());
  await mkdir(at('card'));
  // Silence, then sound: 20 windows and a rest.
  const sound = [...new Float32Array(33_000), ...noise(80_000 * 5, 4), ...new Float32Array(10_000)];
  await scratch.write(
    'card/long.wav',
    wavBytes([sound, tone(443_000 / 44_100, 44_100, 700)], { sampleRate: 44_100 }),
  );
  await scratch.write('card/low.wav', wavBytes([noise(12_000, 2)], { sampleRate: 4000 }));
  await scratch.write('card/short.wav', wavBytes([noise(3000)], { sampleRate: 8000 }));
});
afterAll(async () => {
  await store.close();
  await scratch.remove();
});

/** Takes a model in, and gives a lab that has it. */
async function labWith(
  description: Record<string, unknown>,
  { workers = 2, ...made }: Made & { workers?: number } = {},
) {
  const folder = at(`model-${Math.random().toString(36).slice(2)}`);
  await writeFile(at('m.onnx'), waveformModel(made));
  await writeFile(at('m.json'), JSON.stringify({ ...told, ...description }));
  const clip = { path: at('card/short.wav'), label: 'short' };
  const order = { graph: at('m.onnx'), description: at('m.json'), into: folder, clip };
  await takeModel(order, async (name) => at(name));
  const record = await readRecord(folder);
  const models: Pick<OwnModels, 'get'> = { get: (id) => ({ id, folder, record }) };
  const results = resultStore(store);
  const provenance = (jobId: string) => detectionStore(store).provenance(jobId);
  const classification = new Classification({
    ...{ jobs, results, bank: testBank(testModel()), models, workers, provenance },
    files: new AllowedPaths([scratch.folder]),
    program: { version: '1', commit: null },
  });
  return { classification, record, folder };
}

const settings: ClassifySettings = { ...usualSettings, threshold: 0, keep: 'all', channel: 0 };
const windowsOf = async ({ id }: Job, fileId: number) =>
  detectionStore(store).windows(id, { fileId, from: 0, to: 2 ** 32, limit: 1000 });

describe('a model of one’s own classifies', () => {
  it.each([
    ['windows that follow each other', {}, {}],
    ['windows that overlap', { hopSamples: 1500 }, {}],
    ['windows with gaps between them, one at a time', { hopSamples: 6100 }, { batch: 1 }],
    [
      'windows of any length, of logits',
      { windowSamples: 2500, output: { values: 'logits', activation: 'sigmoid' } },
      { samples: 'n', activation: 'none' },
    ],
  ] as const)('%s, as it answers each by itself', async (_what, description, made) => {
    const { classification, record, folder } = await labWith(description, made);
    const job = await whenFinished(jobs, classification.start([at('card/long.wav')], 'model:m', settings).id);
    expect(job).toMatchObject({ state: 'done', title: expect.stringContaining('Three sounds') as string });
    const { windowSamples, hopSamples, sampleRate, labels } = record.description;
    const recording = await openRecording(at('card/long.wav'));
    const pieces: Float32Array[] = [];
    for await (const piece of convertMono(recording, sampleRate, { from: 0, to: Infinity, channel: 0 }))
      pieces.push(piece);
    const pcm = concatenate(pieces);
    const model = await openModel(await readGraphs(folder, record), record.description);
    const expected: unknown[] = [];
    const count = Math.floor((pcm.length - windowSamples) / hopSamples) + 1;
    for (let i = 0; i < count; i++) {
      const window = pcm.slice(i * hopSamples, i * hopSamples + windowSamples);
      if (window.every((sample) => sample === 0)) continue;
      const { probabilities } = await model.run(window, 1, 1);
      const top = probabilities.indexOf(Math.max(...probabilities));
      expected.push({
        window: i,
        label: labels[top],
        probability: expect.closeTo(probabilities[top]!, 4) as number,
      });
    }
    await model.release();
    const found = await windowsOf(job, 0);
    expect(
      found.map(({ window, classIndex, probability }) => ({
        window,
        label: labels[classIndex],
        probability,
      })),
    ).toEqual(expected);
    const [file] = await classification.files(job.id, { limit: 1 });
    expect(file).toMatchObject({ windows: count, notes: [], experts: null });
    const detections = await classification.detections(job.id, { limit: 1000 });
    expect(detections.length).toBeGreaterThan(0);
    for (const { startS, endS, expert } of detections) {
      expect((startS * sampleRate) % hopSamples).toBeCloseTo(0, 6);
      expect((endS * sampleRate - windowSamples) % hopSamples).toBeCloseTo(0, 6);
      expect(expert).toBe('Three sounds');
    }
    expect(await classification.provenance(job.id)).toMatchObject({
      images: [{ role: 'model', sha256: record.sha256 }],
      grid: { rate: sampleRate, windowSamples, hopSamples },
    });
  });

  it('to the same bytes, however many threads it runs in', async () => {
    const rows: unknown[] = [];
    for (const workers of [1, 2]) {
      const { classification } = await labWith({}, { workers });
      const { id } = await whenFinished(jobs, classification.start([at('card')], 'model:m', settings).id);
      const detections = await classification.detections(id, { limit: 1000 });
      rows.push(detections.map(({ jobId: _job, ...row }) => row));
    }
    expect(rows[0]).toEqual(rows[1]);
    expect(rows[0]).not.toEqual([]);
  });

  it('with a note where a recording lacks what the model listens to, and none where it is too short', async () => {
    const { classification } = await labWith({});
    const { id } = await whenFinished(jobs, classification.start([at('card')], 'model:m', settings).id);
    const files = await classification.files(id, { limit: 10 });
    const of = (name: string) => files.find(({ path }) => path.endsWith(name));
    expect(of('low.wav')).toMatchObject({ state: 'classified', notes: [{ code: 'band-missing' }] });
    expect(of('short.wav')).toMatchObject({ state: 'failed', error: { code: 'FILE_TOO_SHORT' } });
  });
});

describe('settings that do not fit a model of one’s own are refused at once', () => {
  it('a hop beside its own, and a high-pass above all that it hears', async () => {
    const { classification } = await labWith({});
    const start = (change: Partial<ClassifySettings>) => () =>
      classification.start([at('card')], 'model:m', { ...settings, ...change });
    for (const change of [{ hopFrames: 24 }, { highPassHz: 4000 }])
      expect(start(change)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
  });
});

import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { Engine } from '../../../../devices/engine/engine.ts';
import { patchHopSamples } from '../../../../models/features/log-mel.ts';
import { accuracySql } from '../../../../models/report/answers.ts';
import { filesOf } from '../../../../models/report/files.ts';
import type { Results } from '../../../../models/report/results.ts';
import { Banks } from '../../../banks/banks.ts';
import { imagesOfModel } from '../../../banks/model-images.ts';
import type { EvaluateResult, Job } from '../../../contract/types.ts';
import { readAudio } from '../../../datasets/audio.ts';
import { borrowBoard } from '../../../fleet/borrow-board.ts';
import { OwnModels } from '../../../own-models/own-models.ts';
import { toInt16 } from '../../../recordings/pcm16k.ts';
import { noise, scratchFolder, tone, wavBytes } from '../../../recordings/testing.ts';
import { resources } from '../../../resources.ts';
import { Jobs } from '../../jobs.ts';
import { MemoryJobStore, whenFinished } from '../../testing.ts';
import { Studies } from '../studies.ts';
import { rowsIn } from '../testing.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
let store: MemoryJobStore;
let jobs: Jobs;
let banks: Banks;
let models: OwnModels;
let studies: Studies;
const at = (...parts: string[]) => join(scratch.folder, ...parts);
const pitches = { low: 400, middle: 1500, high: 4000 };
const clip = { path: join(resources.bank, 'clips', 'dog.ogg'), label: 'dog' };
const quick = { board: 'none', resamples: 50 };

async function sound(path: string, hertz: number, seed: number): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true });
  const hiss = noise(24_000, seed);
  const samples = tone(1.5, 16_000, hertz).map((sample, i) => sample + 0.05 * hiss[i]!);
  await writeFile(path, wavBytes([samples], { sampleRate: 16_000 }));
}

/** Three kinds of tone, six recordings each, in three folds. */
async function writeSounds(): Promise<void> {
  const rows = ['path,label,fold'];
  for (const [kind, [label, hertz]] of Object.entries(pitches).entries()) {
    for (let i = 0; i < 6; i++) {
      const name = `${label}/${'abcdef'[i]!}.wav`;
      await sound(at('sounds', name), hertz + 20 * i, 10 * kind + i);
      rows.push(`${name},${label},${1 + (i % 3)}`);
    }
  }
  await writeFile(at('sounds', 'labels.csv'), rows.join('\n'));
}

async function openLab(): Promise<void> {
  jobs = await Jobs.open(store);
  banks = await Banks.open(resources.bank, at('banks'));
  models = await OwnModels.open(at('own-models'), {
    clip,
    unfinished: () => jobs.unfinished(),
    onProblem: (error) => {
      throw error;
    },
  });
  studies = new Studies({
    ...{ jobs, banks, models, clip, folder: at('studies'), version: '0.0.0' },
    wasmPath: resources.virtualBoard,
    borrowBoard: (boardId, use, signal) =>
      borrowBoard(boardId, { fleet: null, wasmPath: resources.virtualBoard }, use, signal),
    requireBoard: () => undefined,
    allowed: () => Promise.resolve(true),
    onCurves: () => undefined,
  });
}

const finished = async (job: Job): Promise<Job> => {
  const done = await whenFinished(jobs, job.id);
  expect(done.error).toBeNull();
  return done;
};

async function whole(jobId: string, name: string): Promise<string> {
  let text = '';
  for (let from: number | null = 0; from !== null;) {
    const piece = await studies.file(jobId, name, from);
    text += piece.text;
    from = piece.next;
  }
  return text;
}
const resultsOf = async ({ id }: Job) => JSON.parse(await whole(id, 'results.json')) as Results;

/** Rows of one model, by the heads of their columns; no cell holds a comma but the model's name. */
async function windowsOf(job: Job, model: string): Promise<Record<string, string>[]> {
  const cells = (line: string) =>
    [...line.matchAll(/("[^"]*"|[^,]*)(?:,|$)/g)].map(([, cell]) => cell!.replaceAll('"', ''));
  const [head, ...rows] = (await whole(job.id, 'answers-windows.csv')).trimEnd().split('\r\n').map(cells);
  return rows
    .filter(([name]) => name === model)
    .map((row) => Object.fromEntries(head!.map((name, i) => [name, row[i]!])));
}

beforeAll(async () => {
  scratch = await scratchFolder();
  store = new MemoryJobStore();
  await writeSounds();
  await openLab();
  const small = { encoder: 'statistics', hidden: [8, 8], epochs: 30, bank: ['q2', 'q4'] };
  await finished(studies.train({ ...small, path: at('sounds'), name: 'tones', heldOutFold: 2 }));
  models.close();
  await jobs.close();
});
afterAll(() => scratch.remove());
beforeEach(async () => {
  store = new MemoryJobStore();
  await openLab();
});
afterEach(async () => {
  models.close();
  await jobs.close();
});

it('a bank answers what it has not heard, router and controls too, as the figures of its own card', async () => {
  const done = await finished(studies.testBank({ ...quick, bankId: 'tones', path: at('sounds') }));
  const results = await resultsOf(done);
  expect(results.tested).toEqual({
    ...{ bank: 'tones', trainedOn: 'sounds', heldOutFold: 2, heard: 12, otherLabels: 0 },
  });
  expect(results.dataSet).toMatchObject({ clips: 6, classes: ['high', 'low', 'middle'] });
  expect(results.dataSet.problems).toMatchObject([{ count: 12, leftOut: true }]);
  expect(results.experts.map(({ name }) => name)).toEqual(['2-bit', '4-bit']);
  expect(results.mixtures.map(({ name }) => name)).toEqual([
    ...['Plain router', 'Curiosity, α = 1', 'Monte-Carlo passes, α = 0', 'Random, equal mean bits'],
    ...['Always 2-bit', 'Always 4-bit'],
  ]);
  for (const [i, kind] of ['q2', 'q4'].entries())
    expect(results.experts[i]!.scores.accuracy.pooled.value).toBeCloseTo(
      banks.expert(`tones-${kind}`).accuracy,
      12,
    );
  for (const name of filesOf(results)) expect((await studies.file(done.id, name)).text).not.toBe('');
  const { folder } = done.result as EvaluateResult;
  const found = await rowsIn(folder, accuracySql);
  for (const { name, scores } of [...results.experts, ...results.mixtures])
    expect(found.find(({ model }) => model === name)!['accuracy']).toBeCloseTo(scores.accuracy.mean, 12);
  expect((await studies.bytes(done.id, 'answers-clips.parquet')).bytes.length).toBeGreaterThan(1000);
  const page = await whole(done.id, 'report.html');
  expect(page.indexOf('The bank tones, trained on sounds without fold 2')).toBeGreaterThan(0);
  expect(results.asked!.slice(0, 3)).toEqual(['evaluate', '--bank=tones', '--on-data=sounds']);
});

it('the router’s answers are those of the firmware’s core with the router’s own image, draw for draw', async () => {
  const job = await finished(studies.testBank({ ...quick, bankId: 'tones', path: at('sounds') }));
  const told = await windowsOf(job, 'Curiosity, α = 1');
  const engine = await Engine.load(
    await readFile(resources.engine),
    await imagesOfModel(banks, 'tones-router'),
  );
  const experts = ['2-bit', '4-bit'];
  for (const [row, one] of told.entries()) {
    const { pcm } = await readAudio(at('sounds', one['Clip']!));
    // A board counts on from its start, whatever it hears.
    const stream = engine.stream(patchHopSamples / 160, { firstWindow: row - Number(one['Window']) });
    const answers = [...stream.push(toInt16(pcm))];
    const [first] = answers;
    const window = Number(one['Window']);
    expect(one['Expert']).toBe(experts[first!.place[window]!]);
    expect(Math.fround(Number(one['Curiosity']))).toBe(first!.curiosity[window]);
    const top = ['high', 'low', 'middle'].map((label) => Number(one[`P(${label})`]));
    const said = first!.probabilities.subarray(3 * window, 3 * window + 3);
    top.forEach((p, c) => expect(p).toBeCloseTo(said[c]!, 6));
  }
  expect(told.length).toBeGreaterThan(5);
});

it('what has the same bytes as something it was trained on is left out by name, and labels can be renamed', async () => {
  await sound(at('field', 'deep', 'one.wav'), 410, 91);
  await sound(at('field', 'deep', 'two.wav'), 430, 92);
  await sound(at('field', 'high', 'three.wav'), 4010, 93);
  await sound(at('field', 'hum', 'four.wav'), 100, 94);
  await copyFile(at('sounds', 'high', 'a.wav'), at('field', 'high', 'copied.wav'));
  const asked = { ...quick, bankId: 'tones', path: at('field'), layout: 'folders' as const };
  const done = await finished(studies.testBank({ ...asked, classes: { deep: 'low' } }));
  const results = await resultsOf(done);
  expect(results.tested).toMatchObject({ heard: 1, otherLabels: 1 });
  expect(results.dataSet).toMatchObject({ clips: 3, clipsPerClass: [1, 2, 0] });
  const leftOut = results.dataSet.problems.filter((one) => one.leftOut);
  // and nothing is told of folds, of which a test has none
  expect(results.dataSet.problems.filter((one) => !one.leftOut)).toEqual([]);
  expect(leftOut.flatMap(({ names }) => names).sort()).toEqual(['high/copied.wav', 'hum/four.wav']);
});

it('it runs on a board with the bank’s own images, and each answers as its reference', async () => {
  const asked = { ...quick, board: 'virtual', windows: 2, bankId: 'tones', path: at('sounds') };
  const { experts, mixtures, board } = await resultsOf(await finished(studies.testBank(asked)));
  expect(board).toMatchObject({ kind: 'virtual' });
  for (const { cost, agreement } of experts) {
    expect(cost).toMatchObject({ latencySource: 'modelled', millijoule: { source: 'modelled' } });
    expect(agreement!.sameTopClass).toBe(agreement!.windows);
  }
  expect(mixtures.slice(0, 2).every(({ cost }) => cost!.latencyUs.length === 2)).toBe(true);
});

it('it is refused where there is no such bank, and where the bank has heard all there is', async () => {
  expect(() => studies.testBank({ ...quick, bankId: 'owls', path: at('sounds') })).toThrow(
    expect.objectContaining({ code: 'EXPERT_NOT_FOUND' }),
  );
  await mkdir(at('heard', 'low'), { recursive: true });
  await copyFile(at('sounds', 'low', 'a.wav'), at('heard', 'low', 'x.wav'));
  const job = studies.testBank({ ...quick, bankId: 'tones', path: at('heard') });
  expect((await whenFinished(jobs, job.id)).error?.code).toBe('REQUEST_INVALID');
});

it('it goes on in the next lab where it was, and finds the same', async () => {
  const asked = { ...quick, bankId: 'tones', path: at('sounds') };
  const expected = await resultsOf(await finished(studies.testBank(asked)));
  const job = studies.testBank(asked);
  await new Promise<void>((resolve) => {
    const stop = jobs.onChange((one) => {
      if (one.id !== job.id || one.state !== 'running') return;
      stop();
      resolve();
    });
  });
  models.close();
  await jobs.close();
  await openLab();
  expect(jobs.get(job.id)).toMatchObject({ state: 'paused', kind: 'evaluate' });
  jobs.resume(job.id);
  const { createdMs: _then, ...found } = await resultsOf(await finished(jobs.get(job.id)));
  expect(found).toEqual({ ...expected, createdMs: undefined });
});

it('its cascade answers as the firmware’s core does, window by window, and stands among the models on all sounds', async () => {
  const small = { encoder: 'statistics', hidden: [8, 8], epochs: 20, bank: ['q4'] };
  const cascade = ['statistics', 'esc10-encoder-small'];
  await finished(
    studies.train({ ...small, cascade, path: at('sounds'), name: 'staged', heldOutFold: 2, passes: 0 }),
  );
  const asked = { board: 'virtual', windows: 2, resamples: 50, hard: ['gain'] as const };
  const job = await finished(studies.testBank({ ...asked, bankId: 'staged', path: at('sounds') }));
  const results = await resultsOf(job);
  const router = banks.routers.find((one) => one.bank === 'staged' && one.cascade)!;
  const stages = router.experts.map((id) => banks.expert(id));
  expect(results.limits).toEqual([]);
  expect(results.cascade!.stages.map(({ name }) => name)).toEqual(stages.map(({ name }) => name));
  const own = results.mixtures.filter(({ kind }) => kind === 'whole' || kind === 'cascade');
  expect(own.map(({ name }) => name).slice(0, 2)).toEqual(stages.map(({ name }) => `Always ${name}`));
  expect(own[2]!.name).toMatch(/^Cascade by /);
  expect(own.map(({ scores }) => scores.accuracy.pooled.value)).toEqual(
    [...stages, router].map(({ accuracy }) => expect.closeTo(accuracy, 12)),
  );
  expect(own.every(({ cost, usage }) => cost!.millijoule!.value > 0 && usage.length === 0)).toBe(true);
  const hardened = results.robustness!.models.map(({ name }) => name);
  expect(hardened.slice(-3)).toEqual(own.map(({ name }) => name));
  expect(results.cascade!.chosen.every(({ hard }) => hard !== null)).toBe(true);

  const engine = await Engine.load(await readFile(resources.engine), await imagesOfModel(banks, router.id));
  const told = await windowsOf(job, own[2]!.name);
  for (const [row, one] of told.entries()) {
    const { pcm } = await readAudio(at('sounds', one['Clip']!));
    const stream = engine.stream(patchHopSamples / 160, { firstWindow: row - Number(one['Window']) });
    const [first] = [...stream.push(toInt16(pcm))];
    expect(one['Expert']).toBe(stages[first!.place[Number(one['Window'])]!]!.name);
  }
  expect(told.length).toBeGreaterThan(5);
  expect(await whole(job.id, 'answers-stages.csv')).not.toContain(',held,');
  expect(await whole(job.id, 'report.html')).toContain(
    'The cascade is the bank’s own, with the thresholds that it has.',
  );
});

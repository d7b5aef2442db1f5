/**
 * How long the lab keeps its boards and pages waiting: the delay of its event loop while it does one kind of work after
 * another. The lab runs in this process; what it is given is made before it opens, and what it tells is encoded as for a
 * page. A timer of the resolution's period measures, so the resolution is taken off what it found.
 */
import { encode } from 'cborg';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { RequestName, RequestParams, RequestResult } from '../../main/contract/requests.ts';
import type { Job, TelemetryRecord } from '../../main/contract/types.ts';
import { isFinished } from '../../main/jobs/transitions.ts';
import { openLab, type Lab } from '../../main/lab.ts';
import { noise, tone, wavBytes } from '../../main/recordings/testing.ts';
import { resources } from '../../main/resources.ts';
import { openStore } from '../../main/store/open-store.ts';
import { telemetryStore } from '../../main/store/telemetry-store.ts';
import { bigEncoderGraph } from '../fixtures/big-encoder.ts';
import type { Bench, Figures } from './run.ts';

const resolutionMs = 1;
const exportedRecords = 100_000;
const [fleetSize, listening] = [100, 10];
const quietMs = 5_000;

export const bench: Bench = async (say) => {
  const folder = await mkdtemp(join(tmpdir(), 'curlew-responsiveness-'));
  try {
    const data = join(folder, 'data');
    const given = await writeInputs(folder);
    await writeRecords(data);
    const lab = await openLab({ dataFolder: data, shell: 'bench', roots: [folder, resources.bank] });
    lab.subscribe((event) => void encode(event));
    try {
      return await measure(lab, given, say);
    } finally {
      await lab.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

async function measure(lab: Lab, given: Inputs, say: (line: string) => void): Promise<Figures> {
  const figures: Figures = {};
  const whole = monitorEventLoopDelay({ resolution: resolutionMs });
  const load = () => `load ${loadavg()[0]!.toFixed(1)} on ${availableParallelism()} cores`;

  const phase = async (name: string, what: string, work: () => Promise<unknown>) => {
    const delay = monitorEventLoopDelay({ resolution: resolutionMs });
    const began = performance.now();
    delay.enable();
    await work();
    delay.disable();
    const seconds = (performance.now() - began) / 1000;
    const p99 = beyondResolution(delay.percentile(99));
    const max = beyondResolution(delay.max);
    figures[`${name}_p99_ms`] = p99;
    figures[`${name}_max_ms`] = max;
    say(
      `${what}: p99 ${p99.toFixed(1)} ms, at most ${max.toFixed(1)} ms, in ${seconds.toFixed(1)} s; ${load()}`,
    );
  };

  say(`Delays beyond the timer's own ${resolutionMs} ms.`);
  whole.enable();
  await phase('idle', 'nothing to do', () => wait(quietMs));
  await phase('decoding', 'decoding two minutes of 48 kHz stereo, and looking through a data set', () =>
    Promise.all([
      ask(lab, 'recordings.audio', { path: given.recording, startS: 0, durationS: 120 }),
      ask(lab, 'recordings.inspect', { path: given.recording }),
      ask(lab, 'datasets.inspect', { path: given.dataSet }),
    ]),
  );
  await phase('import', 'taking an encoder of 31 MB of ONNX', async () =>
    done(
      lab,
      await ask(lab, 'experts.importEncoder', {
        path: given.graph,
        name: 'big',
        recordings: given.dataSet,
      }),
    ),
  );
  await phase('export', `exporting ${exportedRecords} records of telemetry`, async () =>
    done(
      lab,
      await ask(lab, 'telemetry.export', {
        ...{ path: `${given.dataSet}.csv`, format: 'csv', level: 'records' },
        boardIds: [recorded],
      }),
    ),
  );
  await phase('classification', 'classifying two minutes', async () => {
    const [expert] = await ask(lab, 'experts.list', {});
    await done(lab, await ask(lab, 'classify.start', { paths: [given.recording], modelId: expert!.id }));
  });
  const small = { path: given.dataSet, bank: ['q2', 'q4'], hidden: [64, 32], epochs: 5 };
  await phase('training', 'training two experts and their router', async () =>
    done(lab, await ask(lab, 'train.start', { ...small, name: 'small' })),
  );
  await phase('evaluation', 'evaluating them in three folds and on a virtual board', async () =>
    done(lab, await ask(lab, 'evaluate.start', { ...small, others: [], alphas: [1], windows: 4 })),
  );
  await phase('fleet', `${fleetSize} virtual boards, ${listening} of which listen`, () => fleet(lab));
  whole.disable();
  figures['loop_delay_p99_ms'] = beyondResolution(whole.percentile(99));
  figures['loop_delay_max_ms'] = beyondResolution(whole.max);
  return figures;
}

const beyondResolution = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - resolutionMs);
const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Attaches the boards, lets some of them hear a clip, and leaves them at it for a while. */
async function fleet(lab: Lab): Promise<void> {
  const here = (await ask(lab, 'boards.list', {})).length;
  for (let i = here; i < fleetSize; i++) await ask(lab, 'boards.addVirtual', {});
  const boards = await ask(lab, 'boards.list', {});
  const [expert] = await ask(lab, 'experts.list', {});
  const [clip] = await ask(lab, 'clips.list', {});
  for (const { id: boardId } of boards.slice(0, listening)) {
    await done(lab, await ask(lab, 'deploy.start', { boardId, expertId: expert!.id }));
    await ask(lab, 'boards.listen', { boardId, on: true, clipId: clip!.id });
  }
  await wait(2 * quietMs);
}

async function ask<N extends RequestName>(
  lab: Lab,
  name: N,
  params: RequestParams<N>,
): Promise<RequestResult<N>> {
  const reply = await lab.handle({ type: 'request', id: 1, name, params }, 'operator');
  encode(reply);
  if (!reply.ok) throw new Error(`${name}: ${reply.error.message}`);
  return reply.result as RequestResult<N>;
}

/** The job has done its work. */
async function done(lab: Lab, { id }: Job): Promise<void> {
  for (;;) {
    const job = (await ask(lab, 'jobs.list', {})).find((one) => one.id === id)!;
    if (job.error) throw new Error(`${job.title}: ${job.error.message}`);
    if (isFinished(job.state)) return;
    await wait(100);
  }
}

interface Inputs {
  readonly graph: string;
  readonly recording: string;
  readonly dataSet: string;
}

async function writeInputs(folder: string): Promise<Inputs> {
  const paths = {
    graph: join(folder, 'big.onnx'),
    recording: join(folder, 'long.wav'),
    dataSet: join(folder, 'sounds'),
  };
  await writeFile(paths.graph, bigEncoderGraph());
  const channels = [noise(120 * 48_000, 1), noise(120 * 48_000, 2)];
  await writeFile(paths.recording, wavBytes(channels, { sampleRate: 48_000 }));
  const rows = ['path,label,fold'];
  for (const [label, hertz] of Object.entries({ low: 400, middle: 1500, high: 4000 })) {
    await mkdir(join(paths.dataSet, label), { recursive: true });
    for (let i = 0; i < 12; i++) {
      const hiss = noise(5 * 44_100, hertz + i);
      const samples = tone(5, 44_100, hertz + 20 * i).map((sample, at) => sample + 0.05 * hiss[at]!);
      rows.push(`${label}/${i}.wav,${label},${1 + (i % 3)}`);
      await writeFile(join(paths.dataSet, label, `${i}.wav`), wavBytes([samples], { sampleRate: 44_100 }));
    }
  }
  await writeFile(join(paths.dataSet, 'labels.csv'), rows.join('\n'));
  return paths;
}

const recorded = '00000000000000ab';

/** What a board recorded long ago. */
async function writeRecords(dataFolder: string): Promise<void> {
  await mkdir(dataFolder, { recursive: true });
  const store = await openStore(join(dataFolder, 'lab.duckdb'));
  const telemetry = telemetryStore(store);
  const record = (sequence: number): TelemetryRecord => ({
    ...{ boardId: recorded, bootId: 1, sequence, inferenceId: sequence },
    ...{
      receivedMs: 1e12 + 500 * sequence,
      atMs: 1e12 + 500 * sequence,
      errorMs: 5,
      uptimeMs: 500 * sequence,
    },
    ...{
      expert: '0123456789abcdef',
      classIndex: sequence % 10,
      topProbability: 0.75,
      entropy: 0.5,
      place: 0,
    },
    ...{ featuresUs: 21_000, encoderUs: 400_000, routerUs: 0, expertUs: 900, latencySource: 'modelled' },
    ...{ energyNanojoule: 9_000_000, energySource: 'modelled', curiosity: 0 },
    ...{ supplyMillivolts: 3300, temperatureC: 20, stackBytes: 4096 },
    ...{ levelDb: -42.5, noiseFloorDb: -60.25, clippedShare: 0, startCause: 'power' },
    ...{ freeFlashBytes: 1_802_240, wallMs: null },
    ...{ stages: 1, score: 0, skippedWindows: 0 },
  });
  const batch = 10_000;
  for (let from = 1; from <= exportedRecords; from += batch) {
    await telemetry.append(Array.from({ length: batch }, (_, i) => record(from + i)));
  }
  await store.close();
}

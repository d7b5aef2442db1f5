/** The worker thread: reads a recording, converts it to what the model hears, and has its windows answered. */
import { stat } from 'node:fs/promises';
import { workerData } from 'node:worker_threads';
import type { RecordingNote } from '../../contract/types.ts';
import { aboutRecording } from '../../recordings/about/about.ts';
import { openRecording, type Recording } from '../../recordings/decode.ts';
import { hashOfFile } from '../../recordings/file.ts';
import { HighPass, highPassRunIn } from '../../recordings/high-pass.ts';
import { convertMono, requireOneWindow } from '../../recordings/pcm16k.ts';
import { answerRequests } from '../../threads/worker-thread.ts';
import { fileError } from '../../regular-file.ts';
import { openAnswerer, type Answerer } from './answerers.ts';
import type { Grid } from './contract/grid.ts';
import { joinWindows, type Windows } from './windows.ts';
import type {
  HearRequest,
  HeardEnd,
  Looked,
  WorkerInput,
  WorkerReply,
  WorkerRequest,
} from './worker-messages.ts';

const { model, stood } = workerData as WorkerInput;
/** Windows of a reply, a second's work at most; of a slow model fewer. */
const replyWindows = 256;
const replyMs = 1000;

let answerer: Answerer;
let hearing: AsyncGenerator<Windows, HeardEnd, undefined> | null = null;

async function answer(request: WorkerRequest): Promise<WorkerReply> {
  switch (request.type) {
    case 'start':
      answerer = await openAnswerer(model);
      return { type: 'started', classes: answerer.classes };
    case 'look':
      return { type: 'looked', ...(await look(request.path)) };
    case 'hear':
      await hearing?.return(undefined as never);
      hearing = hear(await openRecording(request.path, { most: request.bytes }), request);
      return { type: 'hearing' };
    case 'next': {
      const next = await hearing!.next();
      if (!next.done) return { type: 'windows', windows: next.value };
      hearing = null;
      return { type: 'end', ...next.value };
    }
  }
}

async function look(path: string): Promise<Looked> {
  const began = performance.now();
  const { info } = await openRecording(path);
  const { bytes } = info;
  const { mtimeMs } = await stat(path).catch((thrown) => Promise.reject(fileError(path, thrown)));
  const about = await aboutRecording(info, mtimeMs, stood);
  // Of the bytes that are heard, also where more are written behind them meanwhile.
  const sha256 = await hashOfFile(path, undefined, bytes);
  return { info, about, bytes, modifiedMs: mtimeMs, sha256, ms: performance.now() - began };
}

/** What a recording is by now; null where it is gone. */
const standingOf = (path: string): Promise<HeardEnd['left']> =>
  stat(path).then(
    ({ size: bytes, mtimeMs: modifiedMs }) => ({ bytes, modifiedMs }),
    () => null,
  );

async function* hear(
  recording: Recording,
  request: HearRequest,
): AsyncGenerator<Windows, HeardEnd, undefined> {
  const { grid, fromWindow, toWindow } = request;
  const from = fromWindow * grid.hopSamples;
  const to = toWindow === null ? Infinity : (toWindow - 1) * grid.hopSamples + grid.windowSamples;
  const stream = answerer.begin(grid, fromWindow);
  let ready: Windows[] = [];
  let waiting = 0;
  let samples = from;
  const began = performance.now();
  let replied = began;
  let away = 0;
  const add = (some: Windows[]): void => {
    ready.push(...some);
    waiting += some.reduce((sum, { count }) => sum + count, 0);
  };
  for await (const piece of filtered(recording, from, to, request)) {
    samples += piece.length;
    add(await stream.push(piece));
    const left = performance.now();
    if (waiting === 0 || (waiting < replyWindows && left - replied < replyMs)) continue;
    yield joinWindows(ready, answerer.classes);
    replied = performance.now();
    away += replied - left;
    ready = [];
    waiting = 0;
  }
  if (fromWindow === 0) requireOneWindow(request.path, samples, grid);
  add(await stream.end());
  if (waiting > 0) {
    const left = performance.now();
    yield joinWindows(ready, answerer.classes);
    away += performance.now() - left;
  }
  const { modelMs } = stream;
  const readMs = performance.now() - began - away - modelMs;
  const notes = notesOf(recording, grid);
  // Nothing came of a part behind the recording's end.
  return {
    samples: samples === from ? 0 : samples,
    notes,
    left: await standingOf(request.path),
    readMs,
    modelMs,
  };
}

/** What a person should know of it, and that it lacks the band which a model with a high rate listens to. */
function notesOf({ info, notes }: Recording, { rate }: Grid): readonly RecordingNote[] {
  const { path, sampleRate } = info;
  if (sampleRate >= rate || notes.some(({ code }) => code === 'band-missing')) return notes;
  const text = `${path} was recorded at ${sampleRate} Hz and holds nothing above ${sampleRate / 2} Hz; the model listens up to ${rate / 2} Hz, so what it says of it is worth less.`;
  return [...notes, { code: 'band-missing', level: 'note', text }];
}

/** The samples `from` up to `to`; a filter is run in before them, from where the part begins or earlier. */
async function* filtered(
  recording: Recording,
  from: number,
  to: number,
  { channel, highPassHz, grid: { rate } }: HearRequest,
): AsyncGenerator<Float32Array> {
  if (highPassHz === 0) {
    yield* convertMono(recording, rate, { from, to, channel });
    return;
  }
  const filter = new HighPass(highPassHz, rate);
  let early = Math.min(from, highPassRunIn);
  for await (const piece of convertMono(recording, rate, { from: from - early, to, channel })) {
    const out = filter.push(piece);
    const dropped = Math.min(early, out.length);
    early -= dropped;
    if (dropped < out.length) yield out.subarray(dropped);
  }
}

answerRequests(answer);

/** The worker thread: reads a recording, converts it to what boards hear, and has the engine answer its windows. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { workerData } from 'node:worker_threads';
import { Engine } from '../../../devices/engine/engine.ts';
import { frontEnd, patchSamples } from '../../../models/features/log-mel.ts';
import { aboutRecording } from '../../recordings/about/about.ts';
import { openRecording, type Recording } from '../../recordings/decode.ts';
import { openFile, pieceBytes } from '../../recordings/file.ts';
import { HighPass, highPassRunIn } from '../../recordings/high-pass.ts';
import { convert16kMono, requireOneWindow, toInt16 } from '../../recordings/pcm16k.ts';
import { answerRequests } from '../../threads/worker-thread.ts';
import { fileError } from '../../regular-file.ts';
import { Silence } from './silence.ts';
import { joinWindows, type Windows } from './windows.ts';
import type {
  HearRequest,
  HeardEnd,
  Looked,
  WorkerInput,
  WorkerReply,
  WorkerRequest,
} from './worker-messages.ts';

const { wasm, images, stood } = workerData as WorkerInput;
/** Windows of a reply: a second's work at most. */
const replyWindows = 256;

let engine: Engine;
let hearing: AsyncGenerator<Windows, HeardEnd, undefined> | null = null;

async function answer(request: WorkerRequest): Promise<WorkerReply> {
  switch (request.type) {
    case 'start':
      engine = await Engine.load(wasm, images);
      return { type: 'started', classes: engine.classes };
    case 'look':
      return { type: 'looked', ...(await look(request.path)) };
    case 'hear':
      await hearing?.return(undefined as never);
      hearing = hear(await openRecording(request.path), request);
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
  const { size, mtimeMs } = await stat(path).catch((thrown) => Promise.reject(fileError(path, thrown)));
  const about = await aboutRecording(info, mtimeMs, stood);
  const sha256 = await hashOf(path);
  return { info, about, bytes: size, modifiedMs: mtimeMs, sha256, ms: performance.now() - began };
}

const left = (path: string): Promise<HeardEnd['left']> =>
  stat(path).then(
    ({ size: bytes, mtimeMs: modifiedMs }) => ({ bytes, modifiedMs }),
    () => null,
  );

async function hashOf(path: string): Promise<string> {
  const file = await openFile(path);
  const hash = createHash('sha256');
  try {
    for (let at = 0; ;) {
      const piece = await file.read(at, 16 * pieceBytes);
      if (piece.length === 0) return hash.digest('hex');
      hash.update(piece);
      at += piece.length;
    }
  } finally {
    await file.close();
  }
}

async function* hear(
  recording: Recording,
  request: HearRequest,
): AsyncGenerator<Windows, HeardEnd, undefined> {
  const { hopFrames, fromWindow, toWindow } = request;
  const hop = hopFrames * frontEnd.frameHop;
  const from = fromWindow * hop;
  const to = toWindow === null ? Infinity : (toWindow - 1) * hop + patchSamples;
  const stream = engine.stream(hopFrames, { firstWindow: fromWindow });
  const silence = new Silence(hopFrames);
  let ready: Windows[] = [];
  let waiting = 0;
  let samples = from;
  let modelMs = 0;
  const began = performance.now();
  let away = 0;
  for await (const piece of filtered(recording, from, to, request)) {
    samples += piece.length;
    const pcm = toInt16(piece);
    silence.push(pcm);
    const start = performance.now();
    for (const one of stream.push(pcm)) {
      const { windows: count, probabilities, place, curiosity, entropy } = one;
      ready.push({ count, probabilities, place, curiosity, entropy, heard: silence.take(count) });
      waiting += count;
    }
    modelMs += performance.now() - start;
    if (waiting < replyWindows) continue;
    const left = performance.now();
    yield joinWindows(ready, engine.classes);
    away += performance.now() - left;
    ready = [];
    waiting = 0;
  }
  if (fromWindow === 0) requireOneWindow(request.path, samples);
  if (waiting > 0) {
    const left = performance.now();
    yield joinWindows(ready, engine.classes);
    away += performance.now() - left;
  }
  const readMs = performance.now() - began - away - modelMs;
  return { samples, notes: recording.notes, left: await left(request.path), readMs, modelMs };
}

/** The 16 kHz samples `from` up to `to`; a filter is run in before them, from where the part begins or earlier. */
async function* filtered(
  recording: Recording,
  from: number,
  to: number,
  { channel, highPassHz }: HearRequest,
): AsyncGenerator<Float32Array> {
  if (highPassHz === 0) {
    yield* convert16kMono(recording, from, to, channel);
    return;
  }
  const filter = new HighPass(highPassHz, frontEnd.sampleRate);
  let early = Math.min(from, highPassRunIn);
  for await (const piece of convert16kMono(recording, from - early, to, channel)) {
    const out = filter.push(piece);
    const dropped = Math.min(early, out.length);
    early -= dropped;
    if (dropped < out.length) yield out.subarray(dropped);
  }
}

answerRequests(answer);

/** For benchmarks: what each stage of classifying a recording takes of the processor, one after another on one thread. */
import { readFileSync } from 'node:fs';
import { Engine } from '../devices/engine/engine.ts';
import type { Banks } from '../main/banks/banks.ts';
import { imagesOfModel } from '../main/banks/model-images.ts';
import { usualSettings } from '../main/jobs/classify/contract/settings.ts';
import { openRecording } from '../main/recordings/decode.ts';
import { hashOfFile, openFile, pieceBytes } from '../main/recordings/file.ts';
import { convert16kMono, toInt16 } from '../main/recordings/pcm16k.ts';
import { resources } from '../main/resources.ts';

/** Of each its best round counts: other work on the machine counts as little as can be. */
const rounds = 4;

/** In the order in which sound takes them. */
export const stages = ['read', 'hash', 'decode', 'resample', 'log-mel', 'encoder', 'expert'] as const;
/** Milliseconds of the processor for each second of sound. */
export type Stages = Record<(typeof stages)[number], number>;

/** @param seconds of the recording, which is heard whole @param expertId of the bank */
export async function classifyStages(
  bank: Banks,
  expertId: string,
  path: string,
  seconds: number,
): Promise<Stages> {
  const engine = await Engine.load(readFileSync(resources.engine), await imagesOfModel(bank, expertId));
  const best: Stages = {
    ...{ read: Infinity, hash: Infinity, decode: Infinity, resample: Infinity },
    ...{ 'log-mel': Infinity, encoder: Infinity, expert: Infinity },
  };
  const least = (stage: keyof Stages, ms: number) =>
    (best[stage] = Math.min(best[stage], Math.max(0, ms) / seconds));
  for (let round = 0; round < rounds; round++) {
    const read = await timed(() => readWhole(path));
    least('read', read);
    least('hash', (await timed(() => hashOfFile(path))) - read);
    const recording = await openRecording(path);
    const decode = await timed(async () => {
      for await (const _ of recording.chunks());
    });
    least('decode', decode - read);
    const pieces: Int16Array[] = [];
    const resample = await timed(async () => {
      for await (const piece of convert16kMono(recording, 0, Infinity)) pieces.push(toInt16(piece));
    });
    least('resample', resample - decode);
    const before = { ...engine.spent };
    const stream = engine.stream(usualSettings.hopFrames);
    const heard = await timed(async () => {
      for (const piece of pieces) for (const _ of stream.push(piece));
    });
    // The engine tells by the clock; its parts' shares of that are their shares of the processor's time.
    const features = engine.spent.features - before.features;
    const encoder = engine.spent.encoder - before.encoder;
    const experts = engine.spent.experts - before.experts;
    const scale = heard / (features + encoder + experts);
    least('log-mel', scale * features);
    least('encoder', scale * encoder);
    least('expert', scale * experts);
  }
  return best;
}

async function readWhole(path: string): Promise<void> {
  const file = await openFile(path);
  const place = new Uint8Array(4 * pieceBytes);
  try {
    for (let at = 0; at < file.bytes; at += place.length) await file.read(at, place.length, place);
  } finally {
    await file.close();
  }
}

/** Milliseconds of the processor. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000;
}

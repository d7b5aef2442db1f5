/** How fast a long recording is classified: one hour of 48 kHz WAV, with the shipped expert, in one worker thread. */
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Banks } from '../../main/banks/banks.ts';
import { WindowWorker } from '../../main/jobs/classify/window-worker.ts';
import { openRecording } from '../../main/recordings/decode.ts';
import { mixDown } from '../../main/recordings/pcm16k.ts';
import { Resampler } from '../../main/recordings/resample.ts';
import { noise, wavBytes } from '../../main/recordings/testing.ts';
import { resources } from '../../main/resources.ts';
import type { Figures } from './run.ts';

const rate = 48_000;
const seconds = 3_600;

export async function bench(say: (line: string) => void): Promise<Figures> {
  const folder = await mkdtemp(join(tmpdir(), 'curlew-bench-'));
  try {
    const path = join(folder, 'hour.wav');
    await writeHour(path);
    const decode = await timed(() => decodeAndResample(path, false));
    const convert = await timed(() => decodeAndResample(path, true));
    say(`decoded at ${times(decode)} × real time`);
    say(`decoded and resampled to 16 kHz at ${times(convert)} × real time`);
    const bank = await Banks.open(resources.bank);
    const expert = bank.experts[0]!;
    const worker = await WindowWorker.start(
      await bank.file(expert.id, 'quantized.onnx'),
      new AbortController().signal,
    );
    let windows = 0;
    const wall = await timed(async () => {
      await worker.open(path, 0);
      for (;;) {
        const next = await worker.next();
        if (!(next instanceof Float32Array)) return;
        windows += next.length / expert.classes.length;
      }
    });
    worker.close();
    say(
      `classified ${windows} windows with ${expert.name} in ${wall.toFixed(1)} s: ${times(wall)} × real time`,
    );
    return {
      decode_x_realtime: seconds / decode,
      resample_x_realtime: seconds / convert,
      classify_x_realtime: seconds / wall,
      windows,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const times = (wall: number) => (seconds / wall).toFixed(0);

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

/** Ten seconds of noise, over and over, behind a header for the whole hour. */
async function writeHour(path: string): Promise<void> {
  const piece = wavBytes([noise(rate * 10)], { sampleRate: rate, claimedBytes: rate * 2 * seconds });
  const headerBytes = piece.length - rate * 20;
  const file = await open(path, 'w');
  try {
    await file.write(piece);
    for (let at = 10; at < seconds; at += 10) await file.write(piece, headerBytes);
  } finally {
    await file.close();
  }
}

async function decodeAndResample(path: string, resample: boolean): Promise<void> {
  const resampler = new Resampler(rate);
  for await (const { channels } of (await openRecording(path)).chunks()) {
    if (resample) resampler.push(mixDown(channels));
  }
}

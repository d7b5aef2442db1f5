import * as ort from 'onnxruntime-web';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { patchCount } from '../../../models/features/log-mel.ts';
import { createReference } from '../../../models/reference/reference.ts';
import { openRecording } from '../../recordings/decode.ts';
import { concatenate, decodeAll, toInt16 } from '../../recordings/pcm16k.ts';
import { noise, scratchFolder, tone, wavBytes } from '../../recordings/testing.ts';
import { testClasses, testModel } from './testing.ts';
import { batchWindows, windowBatches } from './window-batches.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
beforeAll(async () => {
  scratch = await scratchFolder();
});
afterAll(() => scratch.remove());

const hop = 7_680;
const window = 15_600;

async function batches(path: string, fromWindow = 0) {
  const found: { firstWindow: number; windows: number; pcm: Float32Array }[] = [];
  const source = windowBatches(await openRecording(path), fromWindow);
  for (;;) {
    const next = await source.next();
    if (next.done) return { found, samples: next.value };
    found.push(next.value);
  }
}

describe('batches of windows', () => {
  const lengths = [
    window,
    window + hop - 1,
    window + hop,
    window + hop * (batchWindows - 1) - 1,
    window + hop * (batchWindows - 1),
    window + hop * batchWindows - 1,
    window + hop * batchWindows,
    window + hop * (2 * batchWindows + 3) + 77,
  ];

  it.each(lengths)('of %i samples hold every window once, as board and reference get it', async (length) => {
    const samples = noise(length, length);
    const path = await scratch.write('noise.wav', wavBytes([samples], { encoding: 'f32' }));
    const board = Float32Array.from(toInt16(samples), (step) => step / 32_768);
    const { found, samples: counted } = await batches(path);
    expect(counted).toBe(length);
    let next = 0;
    for (const { firstWindow, windows, pcm } of found) {
      expect(firstWindow).toBe(next);
      expect(patchCount(pcm.length)).toBe(windows);
      const start = firstWindow * hop;
      expect(pcm.every((sample, i) => sample === board[start + i])).toBe(true);
      next += windows;
    }
    expect(next).toBe(patchCount(length));
  });

  it('taken up in the middle are those of the whole, at another rate too', async () => {
    const path = await scratch.write(
      'up.wav',
      wavBytes([noise(44_100 * 8), noise(44_100 * 8, 5)], { sampleRate: 44_100 }),
    );
    const whole = Float32Array.from(toInt16(await decodeAll(path)), (step) => step / 32_768);
    for (const fromWindow of [1, 5, 12]) {
      const { found, samples } = await batches(path, fromWindow);
      expect(samples).toBe(whole.length);
      const pcm = concatenate(found.map((batch) => batch.pcm));
      expect(pcm.every((sample, i) => sample === whole[fromWindow * hop + i])).toBe(true);
    }
  });

  it('of less than a window are FILE_TOO_SHORT', async () => {
    const path = await scratch.write('short.wav', wavBytes([noise(window - 1)]));
    await expect(batches(path)).rejects.toMatchObject({ code: 'FILE_TOO_SHORT' });
  });

  it('give the logits that the whole recording gives at once', async () => {
    const samples = noise(window + hop * (batchWindows + 9), 3).map(
      (sample, i) => sample * Math.sin(i / 30_000) ** 2,
    );
    tone(20, 16_000, 1_200).forEach((sample, i) => (samples[i + 100_000]! += sample / 3));
    const path = await scratch.write('mixed.wav', wavBytes([samples]));
    const reference = await createReference(ort, testModel());
    const whole = await reference.run(
      Float32Array.from(toInt16(await decodeAll(path)), (step) => step / 32_768),
    );
    const parts = [];
    for (const { pcm } of (await batches(path)).found) parts.push((await reference.run(pcm)).logits);
    const logits = concatenate(parts);
    expect(logits.length).toBe(whole.logits.length);
    expect(logits.length).toBe((batchWindows + 10) * testClasses.length);
    let worst = 0;
    logits.forEach((value, i) => (worst = Math.max(worst, Math.abs(value - whole.logits[i]!))));
    expect(worst).toBeLessThan(1e-4);
    await reference.release();
  });
});

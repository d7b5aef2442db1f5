import * as ort from 'onnxruntime-web';
import { expect, test } from 'vitest';
import { frontEndModel } from './front-end.ts';
import { frameCount, frontEnd, hannWindow, melWeights, patchCount, patchSamples } from './log-mel.ts';

ort.env.wasm.numThreads = 1;

/** Deterministic noise and two tones, in [-1, 1). */
function sound(samples: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length: samples }, (_, i) => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return 0.3 * Math.sin(i * 0.2) + 0.2 * Math.sin(i * i * 1e-5) + (0.2 * state) / 2 ** 31;
  });
}

async function run(pcm: Float32Array, hop?: number) {
  const session = await ort.InferenceSession.create(frontEndModel(hop));
  const result = await session.run({ pcm: new ort.Tensor('float32', pcm, [pcm.length]) });
  await session.release();
  const [logMel, embedding] = [result['log_mel']!, result['embedding']!];
  return {
    frames: logMel.dims[0]!,
    logMel: logMel.data as Float32Array,
    patches: embedding.dims[0]!,
    embedding: embedding.data as Float32Array,
  };
}

/** One frame by the definition: a plain Fourier sum for every bin. */
function frameByDefinition(pcm: Float32Array, frame: number): Float64Array {
  const window = hannWindow();
  const weights = melWeights();
  const mel = new Float64Array(frontEnd.melBands);
  for (let bin = 0; bin <= frontEnd.fftLength / 2; bin++) {
    let real = 0;
    let imaginary = 0;
    for (let n = 0; n < frontEnd.frameLength; n++) {
      const sample = pcm[frame * frontEnd.frameHop + n]! * window[n]!;
      const angle = (-2 * Math.PI * bin * n) / frontEnd.fftLength;
      real += sample * Math.cos(angle);
      imaginary += sample * Math.sin(angle);
    }
    const magnitude = Math.hypot(real, imaginary);
    for (let band = 0; band < frontEnd.melBands; band++) {
      mel[band]! += magnitude * weights[bin * frontEnd.melBands + band]!;
    }
  }
  return mel.map((value) => Math.log(value + frontEnd.logOffset));
}

test('the graph computes the log-mel of the definition to the last bits of binary32', async () => {
  const pcm = sound(patchSamples + 1000);
  const { frames, logMel } = await run(pcm);
  expect(frames).toBe(frameCount(pcm.length));
  for (const frame of [0, 1, 50, frames - 1]) {
    const expected = frameByDefinition(pcm, frame);
    for (let band = 0; band < frontEnd.melBands; band++) {
      expect(logMel[frame * frontEnd.melBands + band]).toBeCloseTo(expected[band]!, 6);
    }
  }
});

test('silence is ln 0.001 in every band', async () => {
  const { logMel } = await run(new Float32Array(patchSamples));
  expect(new Set(logMel)).toEqual(new Set([Math.fround(Math.log(0.001))]));
});

test.each([
  [15_600, 48, 1],
  [15_600 + 7_679, 48, 1],
  [15_600 + 7_680, 48, 2],
  [80_000, 48, 9],
  [80_000, 24, 17],
])('%i samples at a hop of %i frames make %i patches', async (samples, hop, patches) => {
  expect(patchCount(samples, hop)).toBe(patches);
  expect((await run(sound(samples), hop)).patches).toBe(patches);
});

test('an embedding holds mean, deviation, extremes and steps of its own patch', async () => {
  const pcm = sound(patchSamples + 7_680);
  const { logMel, embedding } = await run(pcm);
  const bands = frontEnd.melBands;
  for (const band of [0, 31, 63]) {
    const track = Array.from({ length: 96 }, (_, t) => logMel[(t + 48) * bands + band]!);
    const mean = track.reduce((sum, x) => sum + x, 0) / 96;
    const steps = track.slice(1).map((x, t) => Math.abs(x - track[t]!));
    const expected = [
      mean,
      Math.sqrt(track.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 96),
      Math.max(...track),
      Math.min(...track),
      steps.reduce((sum, x) => sum + x, 0) / 95,
      Math.max(...steps),
    ];
    expected.forEach((value, statistic) => {
      expect(embedding[384 + statistic * bands + band]).toBeCloseTo(value, 5);
    });
  }
});

test('every FFT bin inside the mel range weighs 1 in total, between the outermost band centres', () => {
  const weights = melWeights();
  const total = (bin: number) =>
    weights.slice(bin * 64, bin * 64 + 64).reduce((sum, weight) => sum + weight, 0);
  expect(total(0)).toBe(0);
  for (let bin = 6; bin < 230; bin++) expect(total(bin)).toBeCloseTo(1, 12);
  expect(total(241)).toBe(0);
});

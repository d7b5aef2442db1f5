/** ADPCM in WAV files: IMA's (DVI) and Microsoft's, four bits a sample, in blocks that each begin anew. */
import type { SampleFormat } from './sample-data.ts';

interface BlockLayout {
  sampleRate: number;
  channels: number;
  blockBytes: number;
}

/** Recommended Practices for Enhancing Digital Audio Compatibility (IMA, 1992): quantizer steps and how codes move them. */
const imaSteps = [
  ...[7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80],
  ...[88, 97, 107, 118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598],
  ...[658, 724, 796, 876, 963, 1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327],
  ...[3660, 4026, 4428, 4871, 5358, 5894, 6484, 7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289],
  ...[16818, 18500, 20350, 22385, 24623, 27086, 29794, 32767],
];
const imaMoves = [-1, -1, -1, -1, 2, 4, 6, 8];

/** How Microsoft's codes move the step, in 256ths, and the least step. */
const moves = [230, 230, 230, 230, 307, 409, 512, 614, 768, 614, 512, 409, 307, 230, 230, 230];
const leastStep = 16;

const clamped = (level: number): number => Math.max(-32_768, Math.min(32_767, level));
const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/**
 * Each block: of every channel 4 bytes with its first sample and step, then 4 bytes with 8 samples of every channel in turn.
 * @returns null where blocks of so many bytes cannot be
 */
export function imaFormat(layout: BlockLayout): SampleFormat | null {
  const { channels, blockBytes } = layout;
  const head = 4 * channels;
  if (blockBytes < head) return null;
  const samplesOf = (bytes: number) => (bytes < head ? 0 : 1 + 8 * Math.floor((bytes - head) / head));
  return blockFormat(layout, samplesOf, (block, out, at, samples) => {
    const data = view(block);
    for (let channel = 0; channel < channels; channel++) {
      const to = out[channel]!;
      let level = data.getInt16(4 * channel, true);
      let step = Math.min(88, data.getUint8(4 * channel + 2));
      to[at] = level / 32_768;
      for (let i = 1; i < samples; i++) {
        const group = Math.floor((i - 1) / 8);
        const place = (i - 1) % 8;
        const byte = block[head * (group + 1) + 4 * channel + (place >> 1)]!;
        const code = place % 2 === 0 ? byte & 15 : byte >> 4;
        const size = imaSteps[step]!;
        let moved = size >> 3;
        if (code & 4) moved += size;
        if (code & 2) moved += size >> 1;
        if (code & 1) moved += size >> 2;
        level = clamped(code & 8 ? level - moved : level + moved);
        step = Math.max(0, Math.min(88, step + imaMoves[code & 7]!));
        to[at + i] = level / 32_768;
      }
    }
  });
}

/**
 * Each block: of every channel which predictor, its step, its second and its first sample; then codes of the channels in turn.
 * @param predictors pairs of weights, in 256ths, that the header lists
 * @returns null where blocks of so many bytes cannot be
 */
export function microsoftFormat(
  layout: BlockLayout,
  predictors: readonly (readonly [number, number])[],
): SampleFormat | null {
  const { channels, blockBytes } = layout;
  const head = 7 * channels;
  if (blockBytes < head || predictors.length === 0) return null;
  const samplesOf = (bytes: number) => (bytes < head ? 0 : 2 + Math.floor((2 * (bytes - head)) / channels));
  return blockFormat(layout, samplesOf, (block, out, at, samples) => {
    const data = view(block);
    for (let channel = 0; channel < channels; channel++) {
      const to = out[channel]!;
      const [near, far] = predictors[Math.min(predictors.length - 1, block[channel]!)]!;
      let step = data.getInt16(channels + 2 * channel, true);
      let last = data.getInt16(3 * channels + 2 * channel, true);
      let before = data.getInt16(5 * channels + 2 * channel, true);
      to[at] = before / 32_768;
      to[at + 1] = last / 32_768;
      for (let i = 2; i < samples; i++) {
        const place = (i - 2) * channels + channel;
        const byte = block[head + (place >> 1)]!;
        const code = place % 2 === 0 ? byte >> 4 : byte & 15;
        const predicted = (last * near + before * far) >> 8;
        const level = clamped(predicted + (code >= 8 ? code - 16 : code) * step);
        step = Math.max(leastStep, (moves[code]! * step) >> 8);
        before = last;
        last = level;
        to[at + i] = level / 32_768;
      }
    }
  });
}

function blockFormat(
  { sampleRate, channels, blockBytes }: BlockLayout,
  samplesOf: (bytes: number) => number,
  decode: (block: Uint8Array, out: readonly Float32Array[], at: number, samples: number) => void,
): SampleFormat {
  const blockSamples = samplesOf(blockBytes);
  const samplesIn = (bytes: number) =>
    Math.floor(bytes / blockBytes) * blockSamples + samplesOf(bytes % blockBytes);
  return {
    ...{ sampleRate, channels, blockBytes, blockSamples, samplesIn },
    unpack(bytes) {
      const out = Array.from({ length: channels }, () => new Float32Array(samplesIn(bytes.length)));
      for (let from = 0, at = 0; from < bytes.length; from += blockBytes) {
        const block = bytes.subarray(from, from + blockBytes);
        const samples = samplesOf(block.length);
        if (samples > 0) decode(block, out, at, samples);
        at += samples;
      }
      return out;
    },
  };
}

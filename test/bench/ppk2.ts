/**
 * How fast the stream of a Power Profiler Kit 2 is decoded on one core: ten minutes of 100,000 samples a second, made up,
 * in pieces as a serial port gives them, with ranges that change and pieces that end within a sample.
 */
import { SampleDecoder, samplesPerSecond, counterTurn } from '../../devices/drivers/ppk2/decode.ts';
import { parseMetadata, ranges } from '../../devices/drivers/ppk2/metadata.ts';
import type { Bench } from './run.ts';

const seconds = 600;
const pieceBytes = 4093;
/** Samples between two changes of range. */
const rangeSamples = 1000;
/** Whole turns of counter and ranges, so that it may come again. */
const rounds = rangeSamples * ranges * counterTurn;

/** Samples as the device sends them. */
function stream(): Uint8Array {
  const words = new Uint32Array(rounds);
  for (let i = 0; i < rounds; i++) {
    const range = Math.floor(i / rangeSamples) % ranges;
    words[i] = (2000 + (i % 8000)) | (range << 14) | ((i % counterTurn) << 18);
  }
  return new Uint8Array(words.buffer);
}

const metadata = ['r', 'gs', 'gi', 'o', 's', 'i', 'ug']
  .flatMap((name) => Array.from({ length: ranges }, (_, range) => `${name}${range}: -nan`))
  .join('\n');

export const bench: Bench = (say) => {
  const { calibration } = parseMetadata(metadata, 'the benchmark');
  const decoder = new SampleDecoder(calibration, 3);
  const bytes = stream();
  let charge = 0;
  let lost = 0;
  const sink = {
    sample: (current: number) => void (charge += current / samplesPerSecond),
    lost: (samples: number) => void (lost += samples),
  };
  const began = performance.now();
  for (let at = 0; decoder.samples < seconds * samplesPerSecond; at = (at + pieceBytes) % bytes.length) {
    decoder.take(bytes.subarray(at, at + pieceBytes), sink);
    // What the end of the made stream cuts off stands at its beginning.
    if (at + pieceBytes > bytes.length) decoder.take(bytes.subarray(0, at + pieceBytes - bytes.length), sink);
  }
  const took = (performance.now() - began) / 1000;
  const decodedS = decoder.samples / samplesPerSecond;
  say(
    `${decodedS.toFixed(0)} s of samples decoded in ${took.toFixed(2)} s; ${decoder.rangeChanges} changes of range, ` +
      `${lost} lost, ${decoder.discarded} bytes discarded, ${charge.toFixed(1)} C`,
  );
  return Promise.resolve({ times_realtime: decodedS / took, lost, discarded_bytes: decoder.discarded });
};

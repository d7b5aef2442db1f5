/**
 * How fast the stream of a Power Profiler Kit 2 is decoded on one core: ten minutes of 100,000 samples a second, made up,
 * in pieces as a serial port gives them, with ranges that change and pieces that end within a sample. And an hour of them
 * through all that a capture is, onto the disk: how fast, and how much memory the process takes more at the end of it than
 * after its first minute.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SampleDecoder, samplesPerSecond, counterTurn } from '../../devices/drivers/ppk2/decode.ts';
import { parseMetadata, ranges } from '../../devices/drivers/ppk2/metadata.ts';
import { CaptureReader } from '../../main/instruments/capture-reader.ts';
import { CaptureRun } from '../../main/instruments/capture-run.ts';
import { envelopeOf } from '../../main/instruments/envelope.ts';
import type { Bench } from './run.ts';

const seconds = 600;
const pieceBytes = 4093;
/** Samples between two changes of range. */
const rangeSamples = 1000;
/** Whole turns of counter and ranges, so that it may come again. */
const rounds = rangeSamples * ranges * counterTurn;
const hourSamples = 3600 * samplesPerSecond;

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
const { calibration } = parseMetadata(metadata, 'the benchmark');

/** Pieces without an end: what the end of the made stream cuts off stands at its beginning. */
function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; ; at = (at + pieceBytes) % bytes.length) {
    yield bytes.subarray(at, at + pieceBytes);
    if (at + pieceBytes > bytes.length) yield bytes.subarray(0, at + pieceBytes - bytes.length);
  }
}

export const bench: Bench = async (say) => {
  const bytes = stream();
  const decoded = decode(bytes, say);
  return { ...decoded, ...(await capture(bytes, say)) };
};

function decode(bytes: Uint8Array, say: (line: string) => void) {
  const decoder = new SampleDecoder(calibration, 3);
  let charge = 0;
  let lost = 0;
  const sink = {
    sample: (current: number) => void (charge += current / samplesPerSecond),
    lost: (samples: number) => void (lost += samples),
  };
  const began = performance.now();
  for (const piece of pieces(bytes)) {
    decoder.take(piece, sink);
    if (decoder.samples >= seconds * samplesPerSecond) break;
  }
  const took = (performance.now() - began) / 1000;
  const decodedS = decoder.samples / samplesPerSecond;
  say(
    `${decodedS.toFixed(0)} s of samples decoded in ${took.toFixed(2)} s; ${decoder.rangeChanges} changes of range, ` +
      `${lost} lost, ${decoder.discarded} bytes discarded, ${charge.toFixed(1)} C`,
  );
  return { times_realtime: decodedS / took, lost, discarded_bytes: decoder.discarded };
}

/** On the disk of the folder for temporary files: it takes 2.4 GB of it. */
async function capture(bytes: Uint8Array, say: (line: string) => void) {
  const folder = await mkdtemp(join(tmpdir(), 'curlew-bench-ppk2-'));
  try {
    const spec = { folder, calibration, volts: 3, trigger: null, before: 0, samples: hourSamples };
    const run = new CaptureRun(spec);
    const began = performance.now();
    let [samples, afterMinute] = [0, 0];
    for (const piece of pieces(bytes)) {
      // As if it came in time.
      run.take(piece, (1000 * samples) / samplesPerSecond);
      samples += piece.length / 4;
      if (afterMinute === 0 && samples >= 60 * samplesPerSecond) afterMinute = process.memoryUsage.rss();
      if (samples >= hourSamples + pieceBytes) break;
    }
    const told = run.end();
    const took = (performance.now() - began) / 1000;
    const growth = (process.memoryUsage.rss() - afterMinute) / 1e6;
    const reader = new CaptureReader(folder);
    const drawing = performance.now();
    envelopeOf(reader, 0, hourSamples, 1000);
    const drawn = performance.now() - drawing;
    reader.close();
    say(
      `an hour of samples captured in ${took.toFixed(1)} s, ${told.samples} on disk, ${told.lost} lost; ` +
        `${growth.toFixed(1)} MB of memory more than after a minute; all of it drawn in ${drawn.toFixed(0)} ms`,
    );
    return {
      capture_times_realtime: 3600 / took,
      hour_growth_mb: growth,
      hour_envelope_ms: drawn,
      capture_lost: told.lost,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

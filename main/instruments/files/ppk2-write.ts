/** A capture as a session of the maker's own program; see ppk2-form.ts. */
import type { CaptureReader } from '../capture-reader.ts';
import { gap, type Samples } from '../totals.ts';
import type { ExportWish, Share } from './file-work.ts';
import { formatVersion, frameBytes, pairsOf } from './ppk2-form.ts';
import { ZipWriter } from './zip.ts';

const pieceSamples = 65_536;
/** Extremes of its overview, at most. */
const mostElements = 10_000;
/** Its axis is logarithmic and begins here, nA. */
const leastNanoamperes = 200;

export async function writePpk2(reader: CaptureReader, wish: ExportWish, share: Share): Promise<void> {
  const { capture, from, to, file } = wish;
  const overview = new Overview(to - from, 1e6 / capture.samplesPerSecond);
  const startedMs = capture.startedMs ?? capture.createdMs;
  const metadata = {
    metadata: {
      samplesPerSecond: capture.samplesPerSecond,
      startSystemTime: startedMs + (1000 * from) / capture.samplesPerSecond,
    },
    formatVersion,
  };
  function* frames(): Generator<Uint8Array> {
    for (let at = from; at < to; at += pieceSamples) {
      const samples = reader.read(at, Math.min(to, at + pieceSamples));
      for (const current of samples.currents) overview.take(current * 1e9);
      yield framesOf(samples);
      share((at - from) / Math.max(1, to - from));
    }
  }
  const zip = await ZipWriter.create(file);
  try {
    await zip.add('session.raw', frames());
    await zip.add('metadata.json', [Buffer.from(JSON.stringify(metadata))]);
    await zip.add('minimap.raw', [Buffer.from(JSON.stringify(overview.told()))]);
    await zip.end();
  } finally {
    await zip.close();
  }
}

function framesOf({ currents, logic, ranges }: Samples): Uint8Array {
  const bytes = new Uint8Array(frameBytes * currents.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < currents.length; i++) {
    const lost = ranges[i] === gap;
    view.setFloat32(frameBytes * i, lost ? NaN : currents[i]! * 1e6, true);
    view.setUint16(frameBytes * i + 4, lost ? 0 : pairsOf[logic[i]!]!, true);
  }
  return bytes;
}

interface Point {
  /** Microseconds. */
  x: number;
  /** Nanoamperes. */
  y: number;
}

/** Least and most of so many samples each, a power of two of them. */
class Overview {
  private readonly fold: number;
  private readonly min: Point[] = [];
  private readonly max: Point[] = [];
  private count = 0;

  constructor(
    samples: number,
    private readonly microsecondsEach: number,
  ) {
    let fold = 1;
    while (samples / fold >= mostElements) fold *= 2;
    this.fold = fold;
  }

  take(nanoamperes: number): void {
    if (this.count % this.fold === 0) {
      const x = (this.count + (this.fold - 1) / 2) * this.microsecondsEach;
      this.min.push({ x, y: Number.MAX_VALUE });
      this.max.push({ x, y: -Number.MAX_VALUE });
    }
    this.count++;
    if (Number.isNaN(nanoamperes)) return;
    const y = Math.max(leastNanoamperes, nanoamperes);
    const [low, high] = [this.min.at(-1)!, this.max.at(-1)!];
    low.y = Math.min(low.y, y);
    high.y = Math.max(high.y, y);
  }

  told() {
    return {
      lastElementFoldCount: this.count % this.fold,
      data: { length: this.min.length, min: this.min, max: this.max },
      maxNumberOfElements: mostElements,
      numberOfTimesToFold: this.fold,
    };
  }
}

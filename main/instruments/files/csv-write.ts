/** CSV as the maker's own program writes it, and a column more: the range a sample was measured in. */
import type { CaptureReader } from '../capture-reader.ts';
import { gap } from '../totals.ts';
import type { ExportWish, Piece } from './file-work.ts';

export const csvHead = 'Timestamp(ms),Current(uA),D0-D7,Range';
const pieceSamples = 16_384;
/** As float32 comes back. */
const digits = 9;

/** Input 0 first. */
export const inputsText = Array.from({ length: 256 }, (_, logic) =>
  Array.from({ length: 8 }, (_pin, pin) => (logic >> pin) & 1).join(''),
);

/** A lost sample has its time and nothing else. */
export function* csvPieces(reader: CaptureReader, { capture, from, to }: ExportWish): Generator<Piece> {
  yield { bytes: Buffer.from(`${csvHead}\n`), at: from };
  const msPerSample = 1000 / capture.samplesPerSecond;
  const places = Math.max(0, Math.ceil(-Math.log10(msPerSample)));
  for (let at = from; at < to; at += pieceSamples) {
    const until = Math.min(to, at + pieceSamples);
    const { currents, logic, ranges } = reader.read(at, until);
    const rows: string[] = [];
    for (let i = 0; i < until - at; i++) {
      const time = ((at - from + i) * msPerSample).toFixed(places);
      if (ranges[i] === gap) rows.push(`${time},,,\n`);
      else {
        const current = Number((currents[i]! * 1e6).toPrecision(digits));
        rows.push(`${time},${current},${inputsText[logic[i]!]},${ranges[i]}\n`);
      }
    }
    yield { bytes: Buffer.from(rows.join('')), at: until };
  }
}

import { meantBySingle } from '../../contract/figures.ts';
import type { Table } from './table.ts';

/** A detection a line, with all that is known of its file. */
export const jsonLines: Table = {
  ending: '.jsonl',
  mime: 'application/x-ndjson',
  header: '',
  lines: (rows) =>
    rows
      .map(({ file, detection }) => {
        if (!detection) return '';
        const { confidence, peak, curiosity, entropy } = detection;
        const line = {
          ...detection,
          confidence: meantBySingle(confidence),
          peak: meantBySingle(peak),
          curiosity: meantBySingle(curiosity),
          entropy: meantBySingle(entropy),
          file: { ...file, probability: file.probability === null ? null : meantBySingle(file.probability) },
        };
        return `${JSON.stringify(line)}\n`;
      })
      .join(''),
};

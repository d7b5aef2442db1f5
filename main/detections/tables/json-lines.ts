import { meantBySingle } from '../../contract/figures.ts';
import type { Table } from './table.ts';

/** A detection a line, with what is known of its file: the same whichever run found it, and however long that took. */
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
          ...without(detection, ['jobId']),
          confidence: meantBySingle(confidence),
          peak: meantBySingle(peak),
          curiosity: meantBySingle(curiosity),
          entropy: meantBySingle(entropy),
          file: {
            ...without(file, ['jobId', 'readMs', 'modelMs']),
            probability: file.probability === null ? null : meantBySingle(file.probability),
          },
        };
        return `${JSON.stringify(line)}\n`;
      })
      .join(''),
};

function without<T extends object, K extends keyof T>(row: T, names: readonly K[]): Omit<T, K> {
  const rest = { ...row };
  for (const name of names) delete rest[name];
  return rest;
}

import { meantBySingle } from '../../contract/figures.ts';
import type { ClassifiedFile, Detection } from '../../contract/types.ts';
import type { Table } from './table.ts';

/**
 * A detection a line, with what is known of its file: the same whichever run found it, and however long that took. A file
 * in which nothing was detected, or that was not heard, has a line of its own, with nothing but itself.
 */
export const jsonLines: Table = {
  ending: '.jsonl',
  mime: 'application/x-ndjson',
  unheard: true,
  header: '',
  lines: (rows) =>
    rows
      .map(
        ({ file, detection }) =>
          `${JSON.stringify({ ...(detection && told(detection)), file: fileTold(file) })}\n`,
      )
      .join(''),
};

function told(detection: Detection) {
  const { confidence, peak, curiosity, entropy } = detection;
  return {
    ...without(detection, ['jobId']),
    confidence: meantBySingle(confidence),
    peak: meantBySingle(peak),
    curiosity: meantBySingle(curiosity),
    entropy: meantBySingle(entropy),
  };
}

const fileTold = (file: ClassifiedFile) => ({
  ...without(file, ['jobId', 'readMs', 'modelMs']),
  probability: file.probability === null ? null : meantBySingle(file.probability),
});

function without<T extends object, K extends keyof T>(row: T, names: readonly K[]): Omit<T, K> {
  const rest = { ...row };
  for (const name of names) delete rest[name];
  return rest;
}

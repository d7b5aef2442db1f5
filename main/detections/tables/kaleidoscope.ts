import { basename, dirname, relative } from 'node:path';
import { exactCsvText, type CsvCell } from '../../../models/report/csv.ts';
import { meantBySingle } from '../../contract/figures.ts';
import { liesIn } from '../../lies-in.ts';
import type { Table } from './table.ts';

/**
 * Kaleidoscope's columns. INDIR is the folder that was classified and FOLDER what lies between it and the file;
 * TOP1DIST is a distance, smaller being surer: 1 less the confidence.
 */
export const kaleidoscopeCsv: Table = {
  ending: '.kaleidoscope.csv',
  mime: 'text/csv',
  header: exactCsvText([['INDIR', 'FOLDER', 'IN FILE', 'OFFSET', 'DURATION', 'TOP1MATCH', 'TOP1DIST']]),
  lines: (rows, { roots }) =>
    exactCsvText(
      rows.flatMap(({ file, detection }): CsvCell[][] => {
        if (!detection) return [];
        const { startS, endS, label, confidence } = detection;
        const root = rootOf(file.path, roots);
        return [
          [
            ...[root, relative(root, dirname(file.path)), basename(file.path)],
            ...[startS, tidy(endS - startS), label, tidy(1 - meantBySingle(confidence))],
          ],
        ];
      }),
    ),
};

/** The nearest of the folders that holds it; its own folder where it was named itself. */
function rootOf(path: string, roots: readonly string[]): string {
  const above = roots.filter((root) => liesIn(path, root));
  return (
    above.reduce((nearest, root) => (root.length > nearest.length ? root : nearest), '') || dirname(path)
  );
}

/** Without the noise that a difference of decimals leaves. */
const tidy = (value: number): number => Math.round(value * 1e9) / 1e9;

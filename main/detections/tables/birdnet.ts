import { exactCsvText, type CsvCell } from '../../../models/report/csv.ts';
import { meantBySingle } from '../../contract/figures.ts';
import type { Table } from './table.ts';

/** The columns of BirdNET's CSV. Labels as BirdNET's own, “Turdus merula_Eurasian Blackbird”, are taken apart. */
export const birdnetCsv: Table = {
  ending: '.BirdNET.csv',
  mime: 'text/csv',
  header: exactCsvText([['Start (s)', 'End (s)', 'Scientific name', 'Common name', 'Confidence', 'File']]),
  lines: (rows) =>
    exactCsvText(
      rows.flatMap(({ file, detection }): CsvCell[][] => {
        if (!detection) return [];
        const { startS, endS, label, confidence } = detection;
        return [[startS, endS, ...namesOf(label), meantBySingle(confidence), file.path]];
      }),
    ),
};

/** A label without a scientific name stands in both places: readers skip rows where one is empty. */
function namesOf(label: string): [scientific: string, common: string] {
  const [, scientific, common] = /^([A-Z][a-z]+(?: [a-z-]+){1,2})_(.+)$/s.exec(label) ?? [];
  return scientific !== undefined && common !== undefined ? [scientific, common] : [label, label];
}

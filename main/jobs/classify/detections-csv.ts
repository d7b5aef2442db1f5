import type { ClassifiedFile, Detection, ExportFile } from '../../contract/types.ts';
import { csvText, type CsvCell } from '../../../models/report/csv.ts';
import { byFile } from './by-file.ts';

const header = [
  'File',
  'Start (s)',
  'End (s)',
  'Label',
  'Confidence',
  'File label',
  'File probability',
  'File seconds',
  'Windows',
  'Damage',
];

/** One row a detection; a file without any has one row with the detection's cells empty. */
export function detectionsCsv(
  files: readonly ClassifiedFile[],
  detections: readonly Detection[],
): ExportFile {
  const found = byFile(detections);
  const rows = files.flatMap((file): CsvCell[][] => {
    const about = [file.label, file.probability, file.seconds, file.windows, file.damage];
    const own = found.get(file.path) ?? [];
    if (own.length === 0) return [[file.path, null, null, null, null, ...about]];
    return own.map(({ startS, endS, label, confidence }) => [
      file.path,
      startS,
      endS,
      label,
      confidence,
      ...about,
    ]);
  });
  return { name: 'detections.csv', mime: 'text/csv', text: csvText([header, ...rows]) };
}

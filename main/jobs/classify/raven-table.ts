import { frontEnd } from '../../../models/features/log-mel.ts';
import type { ClassifiedFile, Detection, ExportFile } from '../../contract/types.ts';
import { selectionTable, type Selection } from '../../recordings/selection-table.ts';
import { byFile } from './by-file.ts';

/**
 * One combined table: opened over the files in this order, begin times run on from file to file. The frequency
 * bounds are the band that experts hear.
 */
export function ravenTable(files: readonly ClassifiedFile[], detections: readonly Detection[]): ExportFile {
  const found = byFile(detections);
  const selections: Selection[] = [];
  let before = 0;
  for (const file of files) {
    for (const { startS, endS, label, confidence } of found.get(file.path) ?? []) {
      selections.push({
        beginS: microseconds(before + startS),
        endS: microseconds(before + endS),
        lowHz: frontEnd.melLowest,
        highHz: Math.min(frontEnd.melHighest, file.sampleRate / 2),
        commonName: label,
        confidence,
        beginPath: file.path,
        fileOffsetS: startS,
        notes: file.damage ?? '',
      });
    }
    before += file.seconds;
  }
  return {
    name: 'detections.selections.txt',
    mime: 'text/tab-separated-values',
    text: selectionTable(selections),
  };
}

/** A sum over many files carries the noise of its last digits; a sample at 1 MHz is longer than this step. */
const microseconds = (seconds: number) => Math.round(seconds * 1e6) / 1e6;

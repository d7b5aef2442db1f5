import { meantBySingle } from '../../contract/figures.ts';
import { frontEnd } from '../../../models/features/log-mel.ts';
import { selectionHeader, selectionLines, type Selection } from '../../recordings/selection-table.ts';
import type { Table } from './table.ts';

/**
 * One combined table: opened over the files in this order, begin times run on from file to file. The frequency
 * bounds are the band that experts hear.
 */
export const ravenTable: Table = {
  ending: '.selections.txt',
  mime: 'text/tab-separated-values',
  header: selectionHeader,
  lines: (rows, selections) =>
    selectionLines(
      rows.flatMap(({ file, detection, secondsBefore }): Selection[] => {
        if (!detection) return [];
        const { startS, endS, label, confidence } = detection;
        return [
          {
            beginS: microseconds(secondsBefore + startS),
            endS: microseconds(secondsBefore + endS),
            lowHz: frontEnd.melLowest,
            highHz: Math.min(frontEnd.melHighest, file.sampleRate / 2),
            name: label,
            confidence: meantBySingle(confidence),
            beginPath: file.path,
            fileOffsetS: startS,
            notes: file.notes.map(({ text }) => text).join(' '),
          },
        ];
      }),
      selections,
    ),
};

/** A sum over many files carries the noise of its last digits; a sample at 1 MHz is longer than this step. */
const microseconds = (seconds: number) => Math.round(seconds * 1e6) / 1e6;

import { tabbed } from './selection-table.ts';
import { bandOf, type Table } from './table.ts';

/** Audacity's labels of one file: two lines each, the second with the frequencies. */
export const audacityLabels: Table = {
  ending: '.labels.txt',
  mime: 'text/plain',
  header: '',
  lines: (rows) =>
    rows
      .map(({ file, detection }) => {
        if (!detection) return '';
        const { lowHz, highHz } = bandOf(file);
        return tabbed([detection.startS, detection.endS, detection.label]) + tabbed(['\\', lowHz, highHz]);
      })
      .join(''),
};

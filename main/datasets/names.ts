/** What layouts and problems are called, for a person. */
import type { Layout, ProblemKind } from './dataset.ts';

export const layoutNames: Readonly<Record<Layout, string>> = {
  esc50: 'ESC-50’s layout',
  urbansound8k: 'UrbanSound8K’s layout',
  abgqi: 'ABGQI folders',
  folders: 'a folder a class',
  table: 'a table of labels',
};

export const problemNames: Readonly<Record<ProblemKind, string>> = {
  'missing-file': 'Missing file',
  'outside-folder': 'File outside the data set’s folder',
  'unlisted-file': 'File that the table does not name',
  'unreadable-file': 'File that cannot be decoded',
  'unknown-label': 'Unknown label',
  'unknown-fold': 'Unknown fold',
  'duplicate-row': 'Row that is there twice',
  'heard-before': 'Heard by the bank before',
  'other-label': 'Label that is no class of the bank',
  'damaged-file': 'Damaged file, used as far as it goes',
  silent: 'Silent clip',
  clipped: 'Clipped',
  'too-short': 'Shorter than one window, padded with silence',
  'same-content': 'The same recording twice',
  'model-label': 'Labelled by a model, not reviewed',
  'empty-class': 'Class without clips',
  'few-sources': 'Class with too few sources',
  'single-fold': 'Class within one fold',
  'shared-source': 'Folds share a source',
};

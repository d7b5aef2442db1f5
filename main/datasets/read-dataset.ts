/** Reading a data set of any layout from disk, without opening its recordings. */
import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CurlewError } from '../contract/error.ts';
import { fileError } from '../regular-file.ts';
import { assemble } from './assemble.ts';
import type { Dataset, Layout, Variant } from './dataset.ts';
import { esc50Table, readEsc50 } from './esc50.ts';
import { looksLikeAbgqi, readFolders } from './folders.ts';
import { findLabelTable, readLabelTable } from './label-table.ts';
import { isRecordingName, listFiles, type ListedFiles, type ListOptions } from './list-files.ts';
import type { Listing } from './listing.ts';
import { readUrbanSound8K, urbanSoundTable } from './urbansound8k.ts';

export interface ReadOptions extends ListOptions {
  /** Default: told from what lies in the folder. */
  layout?: Layout;
  /** Default: all classes. */
  variant?: Variant;
  /** Folds to make where the data set has none, 2 and up; default 5. */
  folds?: number;
  /** Of the made folds; default 1. */
  seed?: number;
}

/**
 * Whatever is wrong with single clips stands in `problems`; the recordings themselves are only opened by checkAudio
 * and embedDataset, which may leave out more.
 * @param path the data set's folder, or a table of labels in it
 * @throws CurlewError FILE_NOT_FOUND, FILE_UNREADABLE, FILE_DAMAGED (its table), FOLDER_EMPTY (no layout fits),
 *   REQUEST_INVALID, ABORTED
 */
export async function readDataset(path: string, options: ReadOptions = {}): Promise<Dataset> {
  const { variant = 'all', folds = 5, seed = 1 } = options;
  if (!Number.isInteger(folds) || folds < 2) {
    throw new CurlewError('REQUEST_INVALID', `A data set is divided into at least 2 folds, not ${folds}.`);
  }
  const { folder, table } = await place(resolve(path));
  const files = await listFiles(folder, options);
  const tableName = table ?? (await labelTable(folder, files, options.layout));
  const layout = options.layout ?? detectLayout(folder, files, tableName);
  if (variant !== 'all' && layout !== 'esc50') {
    throw new CurlewError(
      'REQUEST_INVALID',
      `Only ESC-50’s layout has the variant ${variant}; ${folder} is read as ${layout}.`,
      { folder, layout, variant },
    );
  }
  const listing = await readLayout(folder, files, layout, variant, tableName);
  return assemble({ folder, layout, variant, listing, files, folds, seed });
}

async function place(path: string): Promise<{ folder: string; table: string | null }> {
  try {
    const isFolder = (await stat(path)).isDirectory();
    return isFolder ? { folder: path, table: null } : { folder: dirname(path), table: basename(path) };
  } catch (thrown) {
    throw fileError(path, thrown);
  }
}

/** A table at the top is not looked for where a layout that has none, or its own, is told or seen. */
async function labelTable(
  folder: string,
  files: ListedFiles,
  layout: Layout | undefined,
): Promise<string | null> {
  if (layout !== undefined && layout !== 'table') return null;
  if (layout === undefined && ownTable(files) !== null) return null;
  return findLabelTable(folder, files.names);
}

const ownTable = ({ names }: ListedFiles): 'esc50' | 'urbansound8k' | null =>
  names.includes(esc50Table) ? 'esc50' : names.includes(urbanSoundTable) ? 'urbansound8k' : null;

function detectLayout(folder: string, files: ListedFiles, table: string | null): Layout {
  if (table !== null) return 'table';
  const own = ownTable(files);
  if (own !== null) return own;
  if (looksLikeAbgqi(files)) return 'abgqi';
  if (files.names.some((name) => name.includes('/') && isRecordingName(name))) return 'folders';
  throw new CurlewError(
    'FOLDER_EMPTY',
    `${folder} holds no data set: there is no ${esc50Table}, no ${urbanSoundTable}, no table with columns for file and label, and no folder with recordings.`,
    { folder },
  );
}

async function readLayout(
  folder: string,
  files: ListedFiles,
  layout: Layout,
  variant: Variant,
  table: string | null,
): Promise<Listing> {
  switch (layout) {
    case 'esc50':
      requireFile(folder, files, esc50Table);
      return readEsc50(folder, variant);
    case 'urbansound8k':
      requireFile(folder, files, urbanSoundTable);
      return readUrbanSound8K(folder);
    case 'abgqi':
    case 'folders':
      return readFolders(files, layout);
    case 'table':
      if (table !== null) return readLabelTable(folder, table);
      throw new CurlewError(
        'FILE_NOT_FOUND',
        `${join(folder, '*.csv')}: there is no table with columns for file and label.`,
        { folder },
      );
  }
}

/** A table told by its layout must be among what may be opened; it could be a link. */
function requireFile(folder: string, { names, failed }: ListedFiles, name: string): void {
  if (names.includes(name)) return;
  const path = join(folder, name);
  throw (
    failed.find((one) => one.name === name)?.error ??
    new CurlewError('FILE_NOT_FOUND', `There is no file at ${path}.`, { path })
  );
}

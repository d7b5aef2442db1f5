/** A capture of a file: CSV of this program or the maker's, Parquet of this program, `.ppk2` of either. */
import { extname } from 'node:path';
import { CaptureWriter } from '../capture-writer.ts';
import { CurlewError } from '../../contract/error.ts';
import { readCsv } from './csv-read.ts';
import type { ReadFile, Share } from './file-work.ts';
import { madeOf, type Made } from './made.ts';
import { readParquet } from './parquet-read.ts';
import { readPpk2 } from './ppk2-read.ts';

export interface ImportWish {
  path: string;
  /** Of the new capture. */
  into: string;
}

const readers: Readonly<Record<string, ReadFile>> = {
  '.csv': readCsv,
  '.parquet': readParquet,
  '.ppk2': readPpk2,
};

/** @throws CurlewError FILE_UNSUPPORTED, FILE_DAMAGED, FILE_EMPTY; what the file system does */
export async function importCapture({ path, into }: ImportWish, share: Share): Promise<Made> {
  const read = readers[extname(path).toLowerCase()];
  if (!read) {
    throw new CurlewError(
      'FILE_UNSUPPORTED',
      `${path} cannot be read as a capture: its name ends with none of ${Object.keys(readers).join(', ')}.`,
      { path },
    );
  }
  const writer = new CaptureWriter(into);
  let about: Made['about'];
  try {
    about = await read(path, writer, share);
  } finally {
    writer.end();
  }
  if (writer.samples === 0)
    throw new CurlewError('FILE_EMPTY', `There is not one sample in ${path}.`, { path });
  return madeOf(writer, about);
}

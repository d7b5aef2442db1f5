/** Inputs of the benchmark in a folder: files of bytes as the device takes them, and what they are in `y_labels.csv`. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { mostInputBytes } from '../../devices/drivers/mlperf-tiny/commands.ts';
import { CurlewError } from '../contract/error.ts';
import { fileError, readWhole } from '../regular-file.ts';

/** A file that the device infers from, whole or window by window. */
export interface TinyInput {
  file: string;
  /** Null in a folder without labels. */
  label: number | null;
  classes: number | null;
  /** Bytes; null: the whole file at once. */
  window: { bytes: number; stride: number } | null;
}

const labelsName = 'y_labels.csv';
const mostLabelBytes = 16 * 2 ** 20;
const mostFileBytes = 64 * 2 ** 20;

/** @throws CurlewError FILE_NOT_FOUND for a folder without labels; FILE_DAMAGED naming the line; those of reading */
export async function labelledInputs(folder: string): Promise<TinyInput[]> {
  const path = join(folder, labelsName);
  const text = (await readWhole(path, mostLabelBytes, 'a table of labels')).toString('utf8');
  const inputs = text.split(/\r?\n/).flatMap((line, at) => {
    if (line.trim() === '') return [];
    return [inputOf(line, (why) => damaged(path, at + 1, why))];
  });
  if (inputs.length === 0) throw new CurlewError('FILE_EMPTY', `${path} names no input.`, { path });
  return inputs;
}

/** Labelled ones, or all files of a folder whose names end with .bin. @throws CurlewError FOLDER_EMPTY; as labelledInputs */
export async function anyInputs(folder: string): Promise<TinyInput[]> {
  const names = await readdir(folder).catch((thrown: unknown) => {
    throw fileError(folder, thrown);
  });
  if (names.includes(labelsName)) return labelledInputs(folder);
  const files = names.filter((name) => name.endsWith('.bin')).sort();
  if (files.length > 0) return files.map((file) => ({ file, label: null, classes: null, window: null }));
  throw new CurlewError(
    'FOLDER_EMPTY',
    `There is no input in ${folder}: neither a ${labelsName} nor a file whose name ends with .bin.`,
    { folder },
  );
}

/** `name.bin,classes,class` and for windows `,bytes,stride` */
function inputOf(line: string, wrong: (why: string) => CurlewError): TinyInput {
  const [file = '', ...rest] = line.split(',').map((cell) => cell.trim());
  const [classes = NaN, label = NaN, bytes, stride] = rest.map((cell) => (cell === '' ? NaN : Number(cell)));
  if (rest.length !== 2 && rest.length !== 4)
    throw wrong('it has not three cells (file, classes, class) or five (and bytes and stride of a window)');
  if (file === '' || /(^|[\\/])\.\.([\\/]|$)|^[\\/]/.test(file))
    throw wrong('its file is none below the folder');
  if (!isCount(classes, 1) || !isCount(label, 0) || label >= classes)
    throw wrong(`its class is none of 0 to ${isCount(classes, 1) ? classes - 1 : 'the number of classes'}`);
  if (bytes === undefined || stride === undefined) return { file, label, classes, window: null };
  if (!isCount(bytes, 1) || !isCount(stride, 1) || bytes > mostInputBytes)
    throw wrong(`its window is none of 1 to ${mostInputBytes} bytes with a stride above 0`);
  return { file, label, classes, window: { bytes, stride } };
}

const isCount = (value: number, least: number): boolean => Number.isInteger(value) && value >= least;

const damaged = (path: string, line: number, why: string): CurlewError =>
  new CurlewError('FILE_DAMAGED', `Line ${line} of ${path} names no input: ${why}.`, { path, line });

/** What the device is given, one after another. @throws CurlewError FILE_TOO_LARGE, FILE_TOO_SHORT; those of reading */
export async function piecesOf(folder: string, { file, window }: TinyInput): Promise<Uint8Array[]> {
  const path = join(folder, file);
  if (window === null) {
    const whole = new Uint8Array(await readWhole(path, mostFileBytes, 'an input of a device under test'));
    if (whole.length === 0) throw new CurlewError('FILE_EMPTY', `${path} is empty.`, { path });
    if (whole.length <= mostInputBytes) return [whole];
    throw new CurlewError(
      'FILE_TOO_LARGE',
      `${path} has ${whole.length} bytes, and a device under test has room for ${mostInputBytes}.`,
      { path, bytes: whole.length },
    );
  }
  const all = new Uint8Array(await readWhole(path, mostFileBytes, 'an input that is cut into windows'));
  const pieces: Uint8Array[] = [];
  for (let at = 0; at + window.bytes <= all.length; at += window.stride)
    pieces.push(all.slice(at, at + window.bytes));
  if (pieces.length > 0) return pieces;
  throw new CurlewError(
    'FILE_TOO_SHORT',
    `${path} has ${all.length} bytes, and one window takes ${window.bytes}.`,
    { path },
  );
}

/** A folder in ESC-50's layout: `meta/esc50.csv` and `audio/`. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CurlewError } from '../../contract/error.ts';
import { decodeAll, toInt16 } from '../../recordings/pcm16k.ts';

export interface DatasetClip {
  readonly file: string;
  readonly path: string;
  readonly fold: number;
  /** index into the data set's classes */
  readonly label: number;
  /** clips cut from one recording share it */
  readonly source: string;
  readonly title: string;
  readonly author: string;
  readonly url: string;
  readonly licence: string;
}

export interface Dataset {
  /** in the order of the data set's target numbers; underscores are spaces */
  readonly classes: readonly string[];
  readonly clips: readonly DatasetClip[];
}

/** @throws CurlewError FILE_UNREADABLE if the folder has no such table, FILE_DAMAGED if the table lacks a column */
export async function readDataset(folder: string): Promise<Dataset> {
  const table = join(folder, 'meta', 'esc50.csv');
  let text: string;
  try {
    text = await readFile(table, 'utf8');
  } catch (cause) {
    throw new CurlewError(
      'FILE_UNREADABLE',
      `${table} cannot be read; name a folder in ESC-50's layout, with meta/esc50.csv and audio/.`,
      { path: table },
      { cause },
    );
  }
  const [header = [], ...rows] = parseCsv(text);
  const column = (name: string) => {
    const index = header.indexOf(name);
    if (index < 0) throw new CurlewError('FILE_DAMAGED', `${table} has no column ${name}.`, { path: table });
    return (row: readonly string[]) => row[index] ?? '';
  };
  const [file, fold, target, category] = ['filename', 'fold', 'target', 'category'].map(column) as [
    Field,
    Field,
    Field,
    Field,
  ];
  const [source, title, author, url, licence] = [
    'src_file',
    'source_title',
    'source_author',
    'source_url',
    'source_license',
  ].map(column) as [Field, Field, Field, Field, Field];

  const targets = [...new Set(rows.map((row) => Number(target(row))))].sort((a, b) => a - b);
  const classes = targets.map((number) =>
    category(rows.find((row) => Number(target(row)) === number)!).replaceAll('_', ' '),
  );
  const clips = rows.map((row) => ({
    file: file(row),
    path: join(folder, 'audio', file(row)),
    fold: Number(fold(row)),
    label: targets.indexOf(Number(target(row))),
    source: source(row),
    title: title(row),
    author: author(row),
    url: url(row),
    licence: licence(row),
  }));
  return { classes, clips };
}

type Field = (row: readonly string[]) => string;

/** The clip as a board hears it: 16 kHz mono, rounded to int16, in [-1, 1). */
export async function readClip(path: string): Promise<Float32Array> {
  return withGain(await decodeAll(path), 1);
}

/** Louder or quieter, then rounded to int16 and clipped, as a microphone at another distance would give it. */
export function withGain(pcm: Float32Array, gain: number): Float32Array {
  return Float32Array.from(toInt16(pcm.map((sample) => sample * gain)), (sample) => sample / 32_768);
}

/** CSV after RFC 4180: quoted fields, doubled quotes, line ends of either kind. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const match of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    const [all, quoted, plain, end] = match;
    if (all === '' && row.length === 0) break;
    row.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

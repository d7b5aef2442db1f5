/** The files of a classification as they are told at its end, a page at a time: there may be a hundred thousand. */
import { count, grouped, percent } from '../../../contract/figures.ts';
import type { ClassifiedFile } from '../../../contract/types.ts';
import { table, type Row } from '../output.ts';

/** Of each kind of line; the rest is counted. */
export const mostTold = 1000;

/**
 * @param pages in the order of files
 * @returns lines for a person, and how many were classified in part
 * @throws what `pages` throws
 */
export async function filesTold(
  pages: AsyncIterable<readonly ClassifiedFile[]>,
): Promise<{ lines: string[]; damaged: number }> {
  const heard = new First<Row>();
  const notes = new First<string>();
  const copies = new First<string>();
  const failed = new First<string>();
  const byFormat = new Map<string, { files: number; why: string | undefined }>();
  let damaged = 0;
  for await (const page of pages) {
    for (const file of page) {
      const { path, state, error, copyOf, format } = file;
      if (state === 'classified') {
        heard.add(rowOf(file));
        for (const { level, text } of file.notes)
          notes.add(`${level === 'damaged' ? 'classified in part' : 'note'}: ${named(path, text)}`);
        if (file.notes.some(({ level }) => level === 'damaged')) damaged++;
      }
      if (copyOf !== null) copies.add(`not counted again: ${path}: of the same bytes as ${copyOf}`);
      if (state === 'failed' && error) failed.add(`not classified: ${named(path, error.message)}`);
      if (state === 'leftOut') {
        // By format, with the first of each: a card may hold thousands of one.
        const same = byFormat.get(format);
        if (same) same.files++;
        else byFormat.set(format, { files: 1, why: error?.message });
      }
    }
  }
  return {
    lines: [
      table(['class', 'probability', 'length', 'file'], heard.some),
      ...heard.more('file', ' that were classified: --csv FILE writes all'),
      ...[...notes.some, ...notes.more('note')],
      ...[...copies.some, ...copies.more('file', ' of bytes that were heard already')],
      ...[...failed.some, ...failed.more('file', ' that could not be classified')],
      ...[...byFormat].map(([of, { files, why }]) => `left out: ${count(files, 'file')} of ${of}: ${why}`),
    ],
    damaged,
  };
}

/** The path last: however long it is, it moves nothing apart. */
const rowOf = ({ path, label, probability, seconds }: ClassifiedFile): Row => [
  label ?? 'none',
  probability === null ? '' : percent(probability),
  `${seconds.toFixed(1)} s`,
  path,
];

/** Most sentences about a file name it themselves. */
const named = (path: string, text: string): string => (text.includes(path) ? text : `${path}: ${text}`);

/** The first of a list, and how many there are in all. */
class First<T> {
  readonly some: T[] = [];
  private all = 0;

  add(one: T): void {
    if (this.all++ < mostTold) this.some.push(one);
  }

  /** A line for those that are not shown. */
  more(what: string, that = ''): string[] {
    const left = this.all - this.some.length;
    return left === 0 ? [] : [`and ${grouped(left)} more ${left === 1 ? what : `${what}s`}${that}`];
  }
}

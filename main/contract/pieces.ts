/** Files and lists that are asked for a piece at a time, put together. */
import type { ExportFile, FilePiece } from './lab.ts';

/** The most entries of a list that one reply holds. */
export const pageLimit = 1000;

/** The pieces of a file, each asked for when the one before has been taken. @throws what `ask` throws */
export async function* piecesOf<From>(
  ask: (from: From | undefined) => Promise<FilePiece<From>>,
): AsyncGenerator<FilePiece<From>> {
  let from: From | null | undefined;
  while (from !== null) {
    const piece = await ask(from);
    yield piece;
    from = piece.next;
  }
}

/** Its texts one after another. @throws what `ask` throws */
export async function* textsOf<From>(
  ask: (from: From | undefined) => Promise<FilePiece<From>>,
): AsyncGenerator<string> {
  for await (const { text } of piecesOf(ask)) yield text;
}

/** A whole file, its text in pieces. @throws what `ask` throws */
export async function wholeFile<From>(
  ask: (from: From | undefined) => Promise<FilePiece<From>>,
): Promise<Pick<ExportFile, 'name' | 'mime'> & { texts: string[] }> {
  const file = { name: '', mime: '', texts: [] as string[] };
  for await (const { name, mime, text } of piecesOf(ask)) {
    Object.assign(file, { name, mime });
    file.texts.push(text);
  }
  return file;
}

/**
 * The pages of a list, to its end.
 * @param ask for up to `limit` entries: the first, or the first after the last of the page before
 * @throws what `ask` throws
 */
export async function* pagesOf<T>(
  ask: (last: T | undefined) => Promise<T[]>,
  limit = pageLimit,
): AsyncGenerator<T[]> {
  let page: T[] = [];
  do {
    page = await ask(page.at(-1));
    yield page;
  } while (page.length === limit);
}

/** A whole list, or so much of it as whole pages hold where it is longer than `most`. @throws what `ask` throws */
export async function allOf<T>(ask: (last: T | undefined) => Promise<T[]>, most = Infinity): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pagesOf(ask)) {
    all.push(...page);
    if (all.length >= most) break;
  }
  return all;
}

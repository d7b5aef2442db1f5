import { afterAll, beforeAll, expect, it } from 'vitest';
import { piecesOf } from '../../contract/pieces.ts';
import { scratchFolder } from '../../recordings/testing.ts';
import { filePiece, pieceBytes } from './file-piece.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
beforeAll(async () => {
  scratch = await scratchFolder();
});
afterAll(() => scratch.remove());

async function piecesIn(text: string): Promise<string[]> {
  const path = await scratch.write('report.html', text);
  const pieces: string[] = [];
  const ask = async (from = 0) => ({ name: '', mime: '', ...(await filePiece(path, from)) });
  for await (const piece of piecesOf<number>(ask)) pieces.push(piece.text);
  return pieces;
}

it.each(['', 'short', 'x'.repeat(pieceBytes), 'x'.repeat(pieceBytes + 1)])(
  'a text comes as it is, in as few pieces as hold it (%#)',
  async (text) => {
    const pieces = await piecesIn(text);
    expect(pieces.join('') === text).toBe(true);
    expect(pieces).toHaveLength(Math.max(1, Math.ceil(text.length / pieceBytes)));
  },
);

// Characters of two, three and four bytes, so that a cut falls within one whatever its length.
it.each(['é', '雨', '🦆', 'xé雨🦆'])('a cut never falls within a character: %s', async (one) => {
  const text = `x${one.repeat(400_000)}`;
  const pieces = await piecesIn(text);
  expect(pieces.length).toBeGreaterThan(1);
  expect(pieces.join('') === text).toBe(true);
  expect(pieces.filter((piece) => Buffer.byteLength(piece) > pieceBytes)).toEqual([]);
});

it('a file that is not there is told of', async () => {
  await expect(filePiece('/nowhere/report.html', 0)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
});

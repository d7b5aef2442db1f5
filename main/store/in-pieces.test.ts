import { setImmediate as nextTurn } from 'node:timers/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { inPieces } from './in-pieces.ts';

test('rows come in their order, and whatever waits has its turn after every few', async () => {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const result = await connection.stream('SELECT range::INTEGER, range % 7 = 0 FROM range(5000)');
  let over = false;
  /** A turn of the event loop at which so many rows had been read. */
  const turns: number[] = [];
  const rows: unknown[][] = [];
  const others = (async () => {
    while (!over) {
      await nextTurn();
      turns.push(rows.length);
    }
  })();
  for await (const piece of inPieces(result)) rows.push(...piece);
  over = true;
  await others;
  expect(rows).toEqual(Array.from({ length: 5000 }, (_, i) => [i, i % 7 === 0]));
  const longest = turns.reduce((most, read, i) => Math.max(most, read - (turns[i - 1] ?? 0)), 0);
  expect(longest).toBeLessThanOrEqual(128);
  connection.closeSync();
  instance.closeSync();
});

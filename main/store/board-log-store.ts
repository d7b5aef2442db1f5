/** What befell boards and what was done with them, in DuckDB. */
import type { BoardLogEntry, BoardLogKind } from '../contract/types.ts';
import type { Store } from './open-store.ts';

export interface BoardLogStore {
  /** The highest number of an entry; 0 for none. */
  last(): Promise<number>;
  /** Of every board the newest so many, oldest first. */
  recent(most: number): Promise<BoardLogEntry[]>;
  /** New entries, and ones that have come again; durable when it resolves. */
  write(entries: readonly BoardLogEntry[]): Promise<void>;
  /** The newest `limit`, newest first; with `before` those before the entry of this number. */
  entries(boardId: string, limit: number, before?: number): Promise<BoardLogEntry[]>;
  count(boardId: string): Promise<number>;
  forget(boardId: string): Promise<void>;
}

/** What a board can cause by itself, at any rate: of it no more than the newest are kept. What persons did stays. */
const uncalled: readonly BoardLogKind[] = [
  ...([
    'attached',
    'lost',
    'trouble',
    'restarted',
    'fell back',
    'clock',
    'repeated',
    'counted back',
  ] as const),
];
const mostUncalled = 2000;
/** How often, in entries, it is looked whether there are more. */
const lookEvery = 500;

const columns = `number::DOUBLE AS number, board_id AS "boardId", at_ms AS "atMs", count::DOUBLE AS count, kind, level,
  text, asked_by AS "by"`;

export function boardLogStore(store: Store): BoardLogStore {
  return {
    async last() {
      const found = await store.transaction((connection) =>
        connection.runAndReadAll('SELECT coalesce(max(number), 0)::DOUBLE FROM board_log'),
      );
      return found.getRowsJS()[0]?.[0] as number;
    },

    async recent(most) {
      const found = await store.transaction((connection) =>
        connection.runAndReadAll(
          `SELECT ${columns} FROM board_log
           QUALIFY row_number() OVER (PARTITION BY board_id ORDER BY at_ms DESC, board_log.number DESC) <= $1
           ORDER BY at_ms, board_log.number`,
          [most],
        ),
      );
      return found.getRowObjectsJS() as unknown as BoardLogEntry[];
    },

    async write(entries) {
      await store.transaction(async (connection) => {
        for (const { number, boardId, atMs, count, kind, level, text, by } of entries) {
          if (count > 1) {
            const { rowsChanged } = await connection.run(
              'UPDATE board_log SET at_ms = $2, count = $3, text = $4 WHERE number = $1',
              [number, atMs, count, text],
            );
            if (rowsChanged > 0) continue;
          }
          await connection.run('INSERT INTO board_log VALUES ($1, $2, $3, $4, $5, $6, $7, $8)', [
            ...[number, boardId, atMs, count, kind, level, text, by],
          ]);
        }
      });
      const due = entries.filter(({ number, kind }) => number % lookEvery === 0 && uncalled.includes(kind));
      for (const { boardId } of due) await leaveNewest(store, boardId);
    },

    async entries(boardId, limit, before = Number.MAX_SAFE_INTEGER) {
      const found = await store.transaction((connection) =>
        connection.runAndReadAll(
          `SELECT ${columns} FROM board_log WHERE board_id = $1 AND number < $3 ORDER BY number DESC LIMIT $2`,
          [boardId, limit, before],
        ),
      );
      return found.getRowObjectsJS() as unknown as BoardLogEntry[];
    },

    async count(boardId) {
      const found = await store.transaction((connection) =>
        connection.runAndReadAll('SELECT count(*)::DOUBLE FROM board_log WHERE board_id = $1', [boardId]),
      );
      return found.getRowsJS()[0]?.[0] as number;
    },

    async forget(boardId) {
      await store.deletion((connection) =>
        connection.run('DELETE FROM board_log WHERE board_id = $1', [boardId]),
      );
    },
  };
}

async function leaveNewest(store: Store, boardId: string): Promise<void> {
  const kinds = uncalled.map((kind) => `'${kind}'`).join(', ');
  const theirs = `board_id = $1 AND kind IN (${kinds})`;
  await store.deletion((connection) =>
    connection.run(
      `DELETE FROM board_log WHERE ${theirs} AND number <
         (SELECT min(number) FROM
           (SELECT number FROM board_log WHERE ${theirs} ORDER BY number DESC LIMIT ${mostUncalled}))`,
      [boardId],
    ),
  );
}

/** What is known of boards' restarts, in DuckDB: so that none is counted twice, or forgotten, when the lab opens again. */
import type { Store } from './open-store.ts';

export interface KeptRestarts {
  boardId: string;
  /** As it was last looked at. */
  bootId: number;
  /** Starts that nobody asked for, as the board counts them; null of firmware that does not. */
  starts: number | null;
  /** When it was last heard, milliseconds since 1970; null where that is not known. */
  heardMs: number | null;
  /** When each restart was noticed, of the last day. */
  noticedMs: number[];
}

export interface RestartStore {
  all(): Promise<KeptRestarts[]>;
  keep(kept: readonly KeptRestarts[]): Promise<void>;
  forget(boardId: string): Promise<void>;
}

export const restartStore = (store: Store): RestartStore => ({
  all: () =>
    store.reading(async (connection) =>
      (await connection.runAndReadAll('SELECT record::VARCHAR AS record FROM board_restarts'))
        .getRowObjectsJS()
        .map(({ record }) => JSON.parse(record as string) as KeptRestarts),
    ),

  // In one statement: a fleet may lose its power all at once.
  keep: async (kept) => {
    const values = kept.map((_one, i) => `($${2 * i + 1}, $${2 * i + 2})`).join(', ');
    await store.transaction((connection) =>
      connection.run(
        `INSERT INTO board_restarts VALUES ${values} ON CONFLICT (board_id) DO UPDATE SET record = excluded.record`,
        kept.flatMap((one) => [one.boardId, JSON.stringify(one)]),
      ),
    );
  },

  forget: async (boardId) => {
    await store.deletion((connection) =>
      connection.run('DELETE FROM board_restarts WHERE board_id = $1', [boardId]),
    );
  },
});

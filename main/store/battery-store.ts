/** Which batteries boards run on, in DuckDB; the row without a board is of all others. */
import type { Cell } from '../contract/types.ts';
import type { Store } from './open-store.ts';

export interface BatteryStore {
  /** Null where none was chosen. */
  all(): Promise<{ boardId: string | null; cell: Cell }[]>;
  /** Durable when it resolves. @param boardId null: of all that have none of their own @param cell null: as all others */
  choose(boardId: string | null, cell: Cell | null): Promise<void>;
}

export function batteryStore(store: Store): BatteryStore {
  return {
    async all() {
      const rows = await store.reading(async (connection) =>
        (
          await connection.runAndReadAll('SELECT board_id, cell::VARCHAR FROM board_cells ORDER BY 1')
        ).getRowsJS(),
      );
      return (rows as [string, string][]).map(([boardId, cell]) => ({
        boardId: boardId || null,
        cell: JSON.parse(cell) as Cell,
      }));
    },
    async choose(boardId, cell) {
      const key = boardId ?? '';
      await store.deletion(async (connection) => {
        await connection.run('DELETE FROM board_cells WHERE board_id = $1', [key]);
        if (cell)
          await connection.run('INSERT INTO board_cells VALUES ($1, $2)', [key, JSON.stringify(cell)]);
      });
    },
  };
}

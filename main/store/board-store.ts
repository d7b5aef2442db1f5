/** Which boards the lab has met, and what was deployed to them. */
import type { Board, DeployResult } from '../contract/types.ts';
import type { Store } from './open-store.ts';

export interface BoardStore {
  seen(board: Board): Promise<void>;
  deployed(result: DeployResult, expert: { name: string; sha256: string }): Promise<void>;
}

export const boardStore = (store: Store): BoardStore => ({
  async seen(board) {
    const now = Date.now();
    await store.transaction((connection) =>
      connection.run(
        `INSERT INTO boards VALUES ($1, $2, $3, $4, $5, $6, $6)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, kind = excluded.kind, profile = excluded.profile,
           last_seen_ms = excluded.last_seen_ms`,
        [board.id, board.name, board.kind, board.simulated, board.profile, now],
      ),
    );
  },
  async deployed(result, expert) {
    await store.transaction((connection) =>
      connection.run('INSERT INTO deployments VALUES ($1, $2, $3, $4, $5, $6, $7, $8)', [
        Date.now(),
        result.boardId,
        result.router ?? result.slots[0] ?? -1,
        expert.name,
        expert.sha256,
        result.bytes,
        result.uploadMs,
        result.activated,
      ]),
    );
  },
});

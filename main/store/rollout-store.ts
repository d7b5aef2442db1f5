/** Roll-outs, their boards, and who did what with them, in DuckDB. */
import type { Asker } from '../contract/roles.ts';
import type { Rollout, RolloutBoard, RolloutEntry } from '../contract/types.ts';
import type { Store } from './open-store.ts';

/** A change of a roll-out: all of it or nothing. */
export interface RolloutChange {
  rollout: Rollout;
  /** By their place. */
  boards?: ReadonlyMap<number, RolloutBoard>;
  entries?: readonly { atMs: number; text: string; by: Asker | null }[];
}

export interface RolloutStore {
  /** Durable when it resolves. */
  keep(change: RolloutChange): Promise<void>;
  /** Newest first. @param beforeMs those begun earlier alone */
  list(beforeMs: number | null, limit: number): Promise<Rollout[]>;
  /** Those that have not ended, oldest first. */
  unfinished(): Promise<Rollout[]>;
  /** Whose ids begin so, two at most. */
  beginningWith(beginning: string): Promise<Rollout[]>;
  /** In the order of their places. @param after so many of them */
  boards(rolloutId: string, after: number, limit: number): Promise<RolloutBoard[]>;
  /** Oldest first. @param after the entry of this number */
  log(rolloutId: string, after: number, limit: number): Promise<RolloutEntry[]>;
}

export function rolloutStore(store: Store): RolloutStore {
  const read = async <T>(sql: string, values: (string | number | null)[] = []): Promise<T[]> => {
    const rows = await store.reading(async (connection) =>
      (await connection.runAndReadAll(sql, values)).getRowsJS(),
    );
    return rows.map(([text]) => JSON.parse(text as string) as T);
  };
  return {
    keep: ({ rollout, boards = new Map<number, RolloutBoard>(), entries = [] }) =>
      store.transaction(async (connection) => {
        await connection.run(
          `INSERT INTO rollouts VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET record = excluded.record`,
          [rollout.id, rollout.createdMs, JSON.stringify(rollout)],
        );
        for (const [place, board] of boards)
          await connection.run(
            `INSERT INTO rollout_boards VALUES ($1, $2, $3)
             ON CONFLICT (rollout_id, place) DO UPDATE SET board = excluded.board`,
            [rollout.id, place, JSON.stringify(board)],
          );
        for (const { atMs, text, by } of entries)
          await connection.run(
            `INSERT INTO rollout_log
               SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4 FROM rollout_log WHERE rollout_id = $1`,
            [rollout.id, atMs, text, by],
          );
      }),

    list: (beforeMs, limit) =>
      read(
        `SELECT record::VARCHAR FROM rollouts WHERE $1 IS NULL OR created_ms < $1
         ORDER BY created_ms DESC, id LIMIT $2`,
        [beforeMs, limit],
      ),

    unfinished: () =>
      read("SELECT record::VARCHAR FROM rollouts WHERE record->>'$.endedMs' IS NULL ORDER BY created_ms, id"),

    beginningWith: (beginning) =>
      read('SELECT record::VARCHAR FROM rollouts WHERE starts_with(id, $1) ORDER BY id LIMIT 2', [beginning]),

    boards: (rolloutId, after, limit) =>
      read(
        `SELECT board::VARCHAR FROM rollout_boards WHERE rollout_id = $1 AND place >= $2 ORDER BY place LIMIT $3`,
        [rolloutId, after, limit],
      ),

    async log(rolloutId, after, limit) {
      const rows = await store.reading(async (connection) =>
        (
          await connection.runAndReadAll(
            `SELECT number::DOUBLE AS number, at_ms AS "atMs", text, asked_by AS "by" FROM rollout_log
             WHERE rollout_id = $1 AND rollout_log.number > $2 ORDER BY rollout_log.number LIMIT $3`,
            [rolloutId, after, limit],
          )
        ).getRowObjectsJS(),
      );
      return rows as unknown as RolloutEntry[];
    },
  };
}

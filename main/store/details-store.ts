/** What a person said of boards and of groups, in DuckDB. */
import type { BoardDetails, BoardGroup } from '../contract/types.ts';
import type { Store } from './open-store.ts';

export interface DetailsStore {
  /** Groups in the order of their names. */
  load(): Promise<{ details: BoardDetails[]; groups: BoardGroup[] }>;
  /** All of it or nothing; durable when it resolves. */
  save(details: readonly BoardDetails[], groups: readonly BoardGroup[]): Promise<void>;
  /** With its boards' details as they are without it. */
  removeGroup(groupId: string, details: readonly BoardDetails[]): Promise<void>;
  forget(boardId: string): Promise<void>;
}

export function detailsStore(store: Store): DetailsStore {
  type Connection = Parameters<Parameters<Store['transaction']>[0]>[0];
  const put = (connection: Connection, table: string, key: string, id: string, value: object) =>
    connection.run(
      `INSERT INTO ${table} (${key}, details) VALUES ($1, $2)
       ON CONFLICT (${key}) DO UPDATE SET details = excluded.details`,
      [id, JSON.stringify(value)],
    );
  const putAll = async (connection: Connection, details: readonly BoardDetails[]): Promise<void> => {
    for (const one of details) await put(connection, 'board_details', 'board_id', one.boardId, one);
  };
  const all = async (connection: Connection, table: string): Promise<unknown[]> => {
    const rows = await connection.runAndReadAll(`SELECT details::VARCHAR FROM ${table} ORDER BY 1`);
    return rows.getRowsJS().map(([text]) => JSON.parse(text as string) as unknown);
  };

  return {
    load: () =>
      store.reading(async (connection) => ({
        details: (await all(connection, 'board_details')) as BoardDetails[],
        groups: (await all(connection, 'board_groups')) as BoardGroup[],
      })),

    save: (details, groups) =>
      store.transaction(async (connection) => {
        for (const one of groups) await put(connection, 'board_groups', 'id', one.id, one);
        await putAll(connection, details);
      }),

    removeGroup: (groupId, details) =>
      store.deletion(async (connection) => {
        await putAll(connection, details);
        await connection.run('DELETE FROM board_groups WHERE id = $1', [groupId]);
      }),

    async forget(boardId) {
      await store.deletion((connection) =>
        connection.run('DELETE FROM board_details WHERE board_id = $1', [boardId]),
      );
    },
  };
}

/** Which boards the lab has met, which of them it keeps, and what was deployed to them. */
import type { Board, DeployResult } from '../contract/types.ts';
import type { Store } from './open-store.ts';

/** How a board is reached, besides its port. */
export interface Reached {
  /** Bits a second; null for the usual ones. */
  baudRate: number | null;
  /** What its USB adapter says it is; null where it says nothing. */
  usb: string | null;
}

/** What a board told when it was last met, besides what finds it. */
const toldFields = [
  'firmware',
  'bootId',
  'cause',
  'hasAudioSource',
  'activeExpert',
  'activeRouter',
  'trial',
  'keyId',
  'rollbackProtected',
  'settings',
] as const satisfies (keyof Board)[];

/** A board that the lab has met. */
export interface MetBoard extends Reached {
  /** It was attached when the lab last ran; false where it was let go. */
  kept: boolean;
  known: Pick<
    Board,
    'id' | 'portId' | 'portKind' | 'name' | 'kind' | 'simulated' | 'profile' | 'lastSeenMs'
  > &
    Partial<Pick<Board, (typeof toldFields)[number]>>;
}

export interface BoardStore {
  /** Keeps the board. What says nothing new is written once a minute at most, however often a board comes and goes. */
  seen(board: Board, reached: Reached): Promise<void>;
  /** The board is let go; the lab goes on knowing it. */
  letGo(boardId: string): Promise<void>;
  /** In the order in which they were first met. */
  met(): Promise<MetBoard[]>;
  /** How often something was deployed to it. */
  deployments(boardId: string): Promise<number>;
  /** The board, and what was deployed to it, as if it had never been met. */
  forget(boardId: string): Promise<void>;
  /** Boards that asked for this key's signatures when they were last met, kept or not. */
  keyedWith(keyId: string): Promise<{ id: string; name: string }[]>;
  /** They will never be met again: what they asked for counts no more. */
  unkey(boardIds: readonly string[]): Promise<void>;
  /** Of each board that is known what was last activated on it, as far as the lab did it. */
  lastDeployed(): Promise<{ id: string; name: string; sha256: string }[]>;
  deployed(result: DeployResult, expert: { name: string; sha256: string }): Promise<void>;
}

const writeAgainMs = 60_000;

export function boardStore(store: Store): BoardStore {
  const written = new Map<string, { facts: string; atMs: number }>();
  const rows = (sql: string): Promise<Record<string, unknown>[]> =>
    store.transaction(async (connection) => (await connection.runAndReadAll(sql)).getRowObjectsJS());

  return {
    async seen(board, { baudRate, usb }) {
      const now = Date.now();
      const { id, name, kind, simulated, profile, portId, portKind, keyId } = board;
      const told = JSON.stringify(Object.fromEntries(toldFields.map((field) => [field, board[field]])));
      const facts = [id, name, kind, simulated, profile, portId, portKind, baudRate, usb, keyId, told];
      const last = written.get(id);
      if (last?.facts === JSON.stringify(facts) && now - last.atMs < writeAgainMs) return;
      written.set(id, { facts: JSON.stringify(facts), atMs: now });
      await store.transaction((connection) =>
        connection.run(
          `INSERT INTO boards (id, name, kind, simulated, profile, port_id, port_kind, baud_rate, usb, key_id, known, kept,
             first_seen_ms, last_seen_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, true, $12, $12)
           ON CONFLICT (id) DO UPDATE SET name = excluded.name, kind = excluded.kind, profile = excluded.profile,
             port_id = excluded.port_id, port_kind = excluded.port_kind, baud_rate = excluded.baud_rate,
             usb = excluded.usb, key_id = excluded.key_id, known = excluded.known, kept = true, last_seen_ms = excluded.last_seen_ms`,
          [...facts, now],
        ),
      );
    },

    async letGo(boardId) {
      written.delete(boardId);
      await store.transaction((connection) =>
        connection.run('UPDATE boards SET kept = false WHERE id = $1', [boardId]),
      );
    },

    async met() {
      const found = await rows(
        `SELECT id, port_id AS "portId", port_kind AS "portKind", name, kind, simulated, profile,
           last_seen_ms AS "lastSeenMs", baud_rate, usb, kept, known::VARCHAR AS known
         FROM boards ORDER BY first_seen_ms, id`,
      );
      return found.map(({ baud_rate, usb, kept, known, ...facts }) => ({
        ...{ baudRate: baud_rate, usb, kept },
        known: { ...facts, ...(JSON.parse((known as string | null) ?? '{}') as object) },
      })) as unknown as MetBoard[];
    },

    async deployments(boardId) {
      const found = await store.transaction((connection) =>
        connection.runAndReadAll('SELECT count(*)::DOUBLE FROM deployments WHERE board_id = $1', [boardId]),
      );
      return found.getRowsJS()[0]?.[0] as number;
    },

    async forget(boardId) {
      written.delete(boardId);
      await store.deletion(async (connection) => {
        await connection.run('DELETE FROM deployments WHERE board_id = $1', [boardId]);
        await connection.run('DELETE FROM boards WHERE id = $1', [boardId]);
      });
    },

    async keyedWith(keyId) {
      const found = await store.transaction((connection) =>
        connection.runAndReadAll('SELECT id, name FROM boards WHERE key_id = $1 ORDER BY first_seen_ms, id', [
          keyId,
        ]),
      );
      return found.getRowObjectsJS() as { id: string; name: string }[];
    },

    async unkey(boardIds) {
      await store.transaction(async (connection) => {
        for (const id of boardIds)
          await connection.run('UPDATE boards SET key_id = NULL WHERE id = $1', [id]);
      });
    },

    async lastDeployed() {
      const found = await rows(
        `SELECT boards.id, boards.name, arg_max(sha256, at_ms) AS sha256 FROM deployments JOIN boards ON boards.id = board_id
         WHERE activated GROUP BY boards.id, boards.name, first_seen_ms ORDER BY first_seen_ms, boards.id`,
      );
      return found as { id: string; name: string; sha256: string }[];
    },

    async deployed(result, expert) {
      await store.transaction((connection) =>
        connection.run('INSERT INTO deployments VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)', [
          Date.now(),
          result.boardId,
          result.router ?? result.slots[0] ?? -1,
          expert.name,
          expert.sha256,
          result.bytes,
          result.uploadMs,
          result.activated,
          result.sent ?? null,
        ]),
      );
    },
  };
}

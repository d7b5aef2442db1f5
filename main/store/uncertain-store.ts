/** Windows that boards were least certain of, and what people decided of them, in DuckDB. */
import { blobValue } from '@duckdb/node-api';
import { readUncertain, type UncertainWindow } from '../../devices/protocol/uncertain-window.ts';
import type { ReviewDecision } from '../review/contract/rows.ts';
import type { UncertainCount } from '../uncertain/contract.ts';
import type { Store } from './open-store.ts';

/** A window as it came. */
export interface FetchedWindow {
  boardId: string;
  window: UncertainWindow;
  receivedMs: number;
  /** Where the board stands, degrees east; its nights go from noon to noon there. */
  longitude: number;
  /** Of the image, as the lab knows it; its classes, null where nobody told them. */
  expert: string;
  labels: readonly string[] | null;
}

export interface KeptWindow {
  number: number;
  boardId: string;
  atMs: number;
  receivedMs: number;
  night: string;
  expert: string;
  labels: readonly string[] | null;
  window: UncertainWindow;
  decisions: ReviewDecision[];
}

export interface UncertainPage {
  boardId?: string | undefined;
  undecidedBy?: string | undefined;
  after?: number | undefined;
  limit: number;
}

export interface UncertainStore {
  /** Durable when it resolves. @returns false where it was there already */
  keep(fetched: FetchedWindow): Promise<boolean>;
  list(page: UncertainPage): Promise<KeptWindow[]>;
  /** Null where there is none. */
  get(number: number): Promise<KeptWindow | null>;
  /** Undecided by the reviewer, or by anybody without one; by board. */
  counts(reviewer: string | undefined): Promise<UncertainCount[]>;
  decide(number: number, decision: ReviewDecision): Promise<void>;
  /** @returns the number of the window whose decision was taken back; null where none of theirs stood */
  undo(reviewer: string, atMs: number): Promise<number | null>;
  forget(boardId: string): Promise<void>;
}

const dayMs = 86_400_000;

export function uncertainStore(store: Store): UncertainStore {
  const select = async (
    where: string,
    values: Record<string, string | number | null>,
  ): Promise<KeptWindow[]> => {
    const rows = await store.reading(async (connection) =>
      (
        await connection.runAndReadAll(
          `SELECT w.number, w.board_id AS "boardId", w.at_ms AS "atMs", w.received_ms AS "receivedMs", w.night, w.expert,
             w.labels::VARCHAR AS labels, w.contents, to_json(r.decisions)::VARCHAR AS decisions
           FROM uncertain_windows w LEFT JOIN (
             SELECT number, list({reviewer: reviewer, verdict: verdict, label: label, atMs: at_ms} ORDER BY place) AS decisions
             FROM (
               SELECT * FROM uncertain_decisions WHERE undone_ms IS NULL
               QUALIFY row_number() OVER (PARTITION BY number, reviewer ORDER BY place DESC) = 1
             ) GROUP BY number
           ) r ON r.number = w.number WHERE ${where}`,
          values,
        )
      ).getRowObjectsJS(),
    );
    return rows.map(({ labels, contents, decisions, ...row }) => ({
      ...(row as Pick<KeptWindow, 'number' | 'boardId' | 'atMs' | 'receivedMs' | 'night' | 'expert'>),
      labels: labels === null ? null : (JSON.parse(labels as string) as string[]),
      window: readUncertain(Uint8Array.from(contents as Uint8Array)),
      decisions: decisions === null ? [] : (JSON.parse(decisions as string) as ReviewDecision[]),
    }));
  };

  return {
    keep: ({ boardId, window, receivedMs, longitude, expert, labels }) =>
      store.transaction(async (connection) => {
        const { bootId, sequence, wallMs, entropy, bytes } = window;
        const known = await connection.runAndReadAll(
          'SELECT 1 FROM uncertain_windows WHERE board_id = $1 AND boot_id = $2 AND sequence = $3',
          [boardId, bootId, sequence],
        );
        if (known.currentRowCount > 0) return false;
        const record = await connection.runAndReadAll(
          'SELECT at_ms FROM telemetry WHERE board_id = $1 AND boot_id = $2 AND sequence = $3',
          [boardId, bootId, sequence],
        );
        const atMs = (record.getRowsJS()[0]?.[0] as number | undefined) ?? wallMs ?? receivedMs;
        const night = new Date(atMs + (longitude / 360) * dayMs - dayMs / 2).toISOString().slice(0, 10);
        await connection.run(
          `INSERT INTO uncertain_windows
             SELECT coalesce(max(number), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10 FROM uncertain_windows`,
          [
            ...[boardId, bootId, sequence, atMs, receivedMs, night, entropy, expert],
            ...[labels && JSON.stringify(labels), blobValue(bytes)],
          ],
        );
        return true;
      }),

    list: ({ boardId, undecidedBy, after, limit }) =>
      select(
        `($board IS NULL OR w.board_id = $board) AND w.number > $after AND ($reviewer IS NULL OR NOT EXISTS (
           SELECT 1 FROM uncertain_decisions d
           WHERE d.number = w.number AND d.reviewer = $reviewer AND d.undone_ms IS NULL))
         ORDER BY w.number LIMIT $limit`,
        { board: boardId ?? null, reviewer: undecidedBy ?? null, after: after ?? 0, limit },
      ),

    get: async (number) => (await select('w.number = $number', { number }))[0] ?? null,

    counts: (reviewer) =>
      store.reading(async (connection) => {
        const rows = await connection.runAndReadAll(
          `SELECT w.board_id AS "boardId", count(*)::DOUBLE AS windows, (count(*) - count(d.number))::DOUBLE AS undecided
           FROM uncertain_windows w LEFT JOIN (
             SELECT DISTINCT number FROM uncertain_decisions
             WHERE undone_ms IS NULL AND ($reviewer IS NULL OR reviewer = $reviewer)
           ) d ON d.number = w.number GROUP BY w.board_id ORDER BY w.board_id`,
          { reviewer: reviewer ?? null },
        );
        return rows.getRowObjectsJS() as unknown as UncertainCount[];
      }),

    decide: (number, { reviewer, verdict, label, atMs }) =>
      store.transaction(async (connection) => {
        await connection.run(
          `INSERT INTO uncertain_decisions
             SELECT (SELECT coalesce(max(place), 0) + 1 FROM uncertain_decisions), number, $2, $3, $4, $5, NULL
             FROM uncertain_windows WHERE number = $1`,
          [number, reviewer, verdict, label, atMs],
        );
      }),

    undo: (reviewer, atMs) =>
      store.transaction(async (connection) => {
        const undone = await connection.runAndReadAll(
          `UPDATE uncertain_decisions SET undone_ms = $2 WHERE place = (
             SELECT max(place) FROM uncertain_decisions WHERE reviewer = $1 AND undone_ms IS NULL
           ) RETURNING number`,
          [reviewer, atMs],
        );
        return (undone.getRowsJS()[0]?.[0] as number | undefined) ?? null;
      }),

    async forget(boardId) {
      await store.deletion(async (connection) => {
        await connection.run(
          'DELETE FROM uncertain_decisions WHERE number IN (SELECT number FROM uncertain_windows WHERE board_id = $1)',
          [boardId],
        );
        await connection.run('DELETE FROM uncertain_windows WHERE board_id = $1', [boardId]);
      });
    },
  };
}

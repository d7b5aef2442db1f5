/** How boards fared between two moments, each its own: by hour, and how often they failed. */
import { literal } from './files.ts';
import type { Store } from './open-store.ts';
import { figures, hourMs } from './rollups/features.ts';

/** A stretch of a board: from the one to before the other, milliseconds since 1970. */
export interface BoardStretch {
  boardId: string;
  fromMs: number;
  toMs: number;
}

export interface HealthHour {
  boardId: string;
  /** Hours since 1970. */
  hour: number;
  inferences: number;
  /** 95th percentile; null where it was not told. */
  latencyUs: number | null;
  /** Mean. */
  energyNanojoule: number | null;
  /** Mean. */
  topProbability: number;
  /** Inferences by class. */
  classes: Map<number, number>;
}

/** How often, in a stretch. */
export interface FailureCount {
  boardId: string;
  /** Kinds of trouble with it, and banks that did not stand their trial; what came again and again is one. */
  errors: number;
  /** By its watchdog, a fault or a brown-out, as far as records tell of them. */
  restarts: number;
}

export interface BoardHealth {
  /** In order of boards and hours; of records that the store keeps one by one. */
  hours(stretches: readonly BoardStretch[]): Promise<HealthHour[]>;
  /** Of boards that failed at all. */
  failures(stretches: readonly BoardStretch[]): Promise<FailureCount[]>;
  /** When a bank was last activated on each board by the lab, before a moment; boards without are left out. */
  deployed(boardIds: readonly string[], beforeMs: number): Promise<Map<string, number>>;
}

export function boardHealth(store: Store): BoardHealth {
  const read = (sql: string): Promise<Record<string, unknown>[]> =>
    store.reading(async (connection) => (await connection.runAndReadAll(sql)).getRowObjectsJS());
  const table = (stretches: readonly BoardStretch[]): string =>
    `(VALUES ${stretches
      .map(({ boardId, fromMs, toMs }) => `(${literal(boardId)}, ${fromMs}::DOUBLE, ${toMs}::DOUBLE)`)
      .join(', ')}) AS s(board, from_ms, to_ms)`;
  const within = 'board_id = board AND at_ms >= from_ms AND at_ms < to_ms';

  return {
    async hours(stretches) {
      if (stretches.length === 0) return [];
      const from = `FROM telemetry JOIN ${table(stretches)} ON ${within}`;
      const hour = `floor(at_ms / ${hourMs}) AS hour`;
      const hours = await read(
        `SELECT board_id AS "boardId", ${hour}, count(*)::DOUBLE AS inferences,
           quantile_cont(${figures.latency_us}, 0.95) AS "latencyUs", avg(${figures.energy_nj}) AS "energyNanojoule",
           avg(${figures.top_probability}) AS "topProbability"
         ${from} GROUP BY ALL ORDER BY board_id, hour`,
      );
      const found = new Map(
        hours.map((row) => [
          `${row['boardId'] as string} ${row['hour'] as number}`,
          { ...row, classes: new Map<number, number>() } as unknown as HealthHour,
        ]),
      );
      const classes = await read(
        `SELECT board_id AS board_id, ${hour}, class_index AS class_index, count(*)::DOUBLE AS records
         ${from} GROUP BY ALL`,
      );
      for (const { board_id, hour, class_index, records } of classes)
        found
          .get(`${board_id as string} ${hour as number}`)
          ?.classes.set(class_index as number, records as number);
      return [...found.values()];
    },

    async failures(stretches) {
      if (stretches.length === 0) return [];
      const rows = await read(
        `SELECT "boardId", sum(errors)::DOUBLE AS errors, sum(restarts)::DOUBLE AS restarts FROM (
           SELECT board_id AS "boardId", count(*) AS errors, 0 AS restarts
           FROM board_log JOIN ${table(stretches)} ON ${within} AND kind IN ('trouble', 'fell back') GROUP BY ALL
           UNION ALL
           SELECT board_id AS "boardId", 0 AS errors, count(*) AS restarts FROM (
             SELECT board_id, min(at_ms) AS at_ms FROM telemetry
             WHERE start_cause IN ('watchdog', 'fault', 'brown-out') GROUP BY board_id, boot_id
           ) JOIN ${table(stretches)} ON ${within} GROUP BY ALL
         ) GROUP BY ALL`,
      );
      return rows as unknown as FailureCount[];
    },

    async deployed(boardIds, beforeMs) {
      if (boardIds.length === 0) return new Map();
      const rows = await read(
        `SELECT board_id, max(at_ms) AS at_ms FROM deployments
         WHERE activated AND at_ms < ${beforeMs} AND board_id IN (${boardIds.map(literal).join(', ')})
         GROUP BY board_id`,
      );
      return new Map(rows.map(({ board_id, at_ms }) => [board_id as string, at_ms as number]));
    },
  };
}

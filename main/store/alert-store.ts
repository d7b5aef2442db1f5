/** Alerts, the rules that a person made or changed, and where messages of them go, in DuckDB. */
import type { Alert, AlertRule } from '../contract/types.ts';
import type { Store } from './open-store.ts';

export interface KeptWebhook {
  on: boolean;
  url: string;
}

export interface AlertStore {
  rules(): Promise<AlertRule[]>;
  keepRule(rule: AlertRule): Promise<void>;
  removeRule(ruleId: string): Promise<void>;
  /** That are up, oldest first. */
  up(): Promise<Alert[]>;
  /** Of each rule and board the last alert that cleared since a time, and when. */
  clearedSince(atMs: number): Promise<{ ruleId: string; boardId: string; clearedMs: number }[]>;
  /** New ones, and ones that have changed; durable when it resolves. */
  keep(alerts: readonly Alert[]): Promise<void>;
  /** Newest first. @param after the one before the page; null for the first page */
  cleared(after: Alert['id'] | null, limit: number): Promise<Alert[]>;
  forget(boardId: string): Promise<void>;
  webhook(): Promise<KeptWebhook>;
  keepWebhook(kept: KeptWebhook): Promise<void>;
}

export function alertStore(store: Store): AlertStore {
  const rows = (sql: string, values: (string | number | null)[] = []): Promise<Record<string, unknown>[]> =>
    store.reading(async (connection) => (await connection.runAndReadAll(sql, values)).getRowObjectsJS());
  const records = async <T>(sql: string, values: (string | number | null)[] = []): Promise<T[]> =>
    (await rows(sql, values)).map(({ record }) => JSON.parse(record as string) as T);

  return {
    rules: () => records('SELECT record::VARCHAR AS record FROM alert_rules ORDER BY id'),

    keepRule: async (rule) => {
      await store.transaction((connection) =>
        connection.run(
          'INSERT INTO alert_rules VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET record = excluded.record',
          [rule.id, JSON.stringify(rule)],
        ),
      );
    },

    removeRule: async (ruleId) => {
      await store.deletion((connection) => connection.run('DELETE FROM alert_rules WHERE id = $1', [ruleId]));
    },

    up: () =>
      records('SELECT record::VARCHAR AS record FROM alerts WHERE cleared_ms IS NULL ORDER BY raised_ms, id'),

    clearedSince: (atMs) =>
      rows(
        `SELECT record->>'$.ruleId' AS "ruleId", board_id AS "boardId", max(cleared_ms) AS "clearedMs" FROM alerts
         WHERE cleared_ms >= $1 GROUP BY ALL`,
        [atMs],
      ) as ReturnType<AlertStore['clearedSince']>,

    keep: async (alerts) => {
      // In one statement: a fleet may fall silent all at once, and one an alert would keep its records waiting.
      await store.transaction((connection) =>
        connection.run(
          `INSERT INTO alerts
             SELECT one->>'$.id', one->>'$.boardId', (one->>'$.raisedMs')::DOUBLE, (one->>'$.clearedMs')::DOUBLE, one
             FROM (SELECT unnest(json_extract($1::JSON, '$[*]')) AS one)
           ON CONFLICT (id) DO UPDATE SET cleared_ms = excluded.cleared_ms, record = excluded.record`,
          [JSON.stringify(alerts)],
        ),
      );
    },

    cleared: (after, limit) =>
      records(
        `SELECT record::VARCHAR AS record FROM alerts
         WHERE cleared_ms IS NOT NULL AND ($1 IS NULL OR (cleared_ms, id) < (SELECT (cleared_ms, id) FROM alerts WHERE id = $1))
         ORDER BY cleared_ms DESC, id DESC LIMIT $2`,
        [after, limit],
      ),

    forget: async (boardId) => {
      await store.deletion((connection) =>
        connection.run('DELETE FROM alerts WHERE board_id = $1', [boardId]),
      );
    },

    webhook: async () => {
      const [kept] = await rows('SELECT is_on AS "on", url FROM alert_webhook');
      return (kept as KeptWebhook | undefined) ?? { on: false, url: '' };
    },

    keepWebhook: async ({ on, url }) => {
      await store.transaction(async (connection) => {
        await connection.run('DELETE FROM alert_webhook');
        await connection.run('INSERT INTO alert_webhook VALUES ($1, $2)', [on, url]);
      });
    },
  };
}

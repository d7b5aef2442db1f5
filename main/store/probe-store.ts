/** What the reference answers to windows of the bundled clips, by the image that answered, in DuckDB. */
import type { Store } from './open-store.ts';

export interface ProbeAnswer {
  clipId: string;
  startS: number;
  /** Class. */
  answer: number;
}

export interface ProbeStore {
  /** Null where none was kept. */
  probe(sha256: string): Promise<ProbeAnswer[] | null>;
  keepProbe(sha256: string, windows: readonly ProbeAnswer[]): Promise<void>;
}

export const probeStore = (store: Store): ProbeStore => ({
  async probe(sha256) {
    const rows = await store.reading(async (connection) =>
      (
        await connection.runAndReadAll('SELECT windows::VARCHAR FROM probe_sets WHERE sha256 = $1', [sha256])
      ).getRowsJS(),
    );
    return rows[0] ? (JSON.parse(rows[0][0] as string) as ProbeAnswer[]) : null;
  },
  async keepProbe(sha256, windows) {
    await store.transaction((connection) =>
      connection.run(
        'INSERT INTO probe_sets VALUES ($1, $2) ON CONFLICT (sha256) DO UPDATE SET windows = excluded.windows',
        [sha256, JSON.stringify(windows)],
      ),
    );
  },
});

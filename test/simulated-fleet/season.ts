/** A store of many generated records: a season of a fleet, as its boards would have told it. */
import type { Store } from '../../main/store/open-store.ts';

export interface Season {
  records: number;
  boards: number;
  /** Milliseconds since 1970. */
  startMs: number;
  lengthMs: number;
}

/** Records a statement: what a transaction holds is kept in memory. */
const piece = 5_000_000;

/** Appends them in order of time, each piece an append of its own. */
export async function generateSeason(
  store: Store,
  { records, boards, startMs, lengthMs }: Season,
  onProgress: (done: number) => Promise<void>,
): Promise<void> {
  const everyMs = (lengthMs * boards) / records;
  for (let from = 0, batch = 1; from < records; from += piece, batch++) {
    const to = Math.min(records, from + piece);
    await store.transaction((connection) =>
      connection.run(`
        INSERT INTO telemetry (board_id, boot_id, sequence, received_ms, at_ms, error_ms, uptime_ms, inference_id, expert,
          class_index, top_probability, entropy, features_us, encoder_us, router_us, expert_us, latency_source,
          energy_nanojoule, energy_source, supply_millivolts, temperature_c, stack_bytes, curiosity, place, batch)
        SELECT 'board-' || (i % ${boards}), 7, i // ${boards} + 1, kept, kept, 1, kept - ${startMs}, i // ${boards} + 1,
          '0011223344556677', draw % 10, (draw >> 8) % 1000 / 1000, (draw >> 18) % 2000 / 1000, 21000,
          207000 + (draw >> 24) % 3000, 0, 2100, 'modelled', 6390000 + (draw >> 30) % 1000, 'modelled', 3300,
          20 + (draw >> 12) % 100 / 10, 5392, (draw >> 40) % 100 / 1000, 0, ${batch}
        FROM (SELECT i, hash(i) AS draw, ${startMs} + i // ${boards} * ${everyMs} AS kept FROM range(${from}, ${to}) r(i))`),
    );
    await onProgress(to);
  }
}

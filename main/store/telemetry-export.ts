/** What boards recorded as one table of a whole fleet, CSV or Parquet, written by DuckDB itself, however many rows. */
import type { ExportFormat, ExportLevel } from '../contract/types.ts';
import { dB, figureNames, figureWords } from '../fleet/contract/figure-words.ts';
import { copyTable, type Column } from './copy-table.ts';
import { literal } from './files.ts';
import type { Store } from './open-store.ts';
import { hourMs, minuteMs } from './rollups/features.ts';
import { rows, unrolled } from './rollups/roll.ts';

/** A board as the table names it. */
export interface NamedBoard {
  id: string;
  name: string;
  site: string;
  group: string;
}

export interface ExportWish {
  format: ExportFormat;
  level: ExportLevel;
  /** All of which something is kept where it is empty. */
  boardIds: readonly string[];
  /** Milliseconds since 1970: from this on, and before that. */
  fromMs: number | null;
  toMs: number | null;
}

const one = (heading: string, name: string, sql: string, unit: string | null = null): Column => ({
  ...{ heading, name, unit, sql },
});
const words = (heading: string, name: string, sql: string): Column => ({
  ...one(heading, name, sql),
  isText: true,
});
/** To read, and to compute with. */
const time = (heading: string, name: string, sql: string): Column[] => [
  { ...one(heading, `${name}_utc`, sql, 'UTC'), isTime: true },
  one(heading, `${name}_ms`, sql, 'ms since 1970'),
];

const boardColumns: readonly Column[] = [
  words('Board', 'board', 'b.name'),
  one('Board id', 'board_id', 't.board_id'),
  words('Site', 'site', 'b.site'),
  words('Group', 'board_group', 'b."group"'),
];

const recordColumns: readonly Column[] = [
  ...boardColumns,
  one('Start of the board', 'boot_id', 't.boot_id'),
  one('Sequence', 'sequence', 't.sequence'),
  ...time('Time', 'at', 't.at_ms'),
  one('Time may be off by', 'at_error_ms', 't.error_ms', 'ms'),
  ...time('Received', 'received', 't.received_ms'),
  one('Uptime', 'uptime_ms', 't.uptime_ms', 'ms'),
  one('Inference', 'inference', 't.inference_id'),
  // Without a class the index is below 0, which JSON would count from the end.
  words('Class', 'class', 'CASE WHEN t.class_index >= 0 THEN i.labels->>(t.class_index::INTEGER) END'),
  one('Class number', 'class_index', 't.class_index'),
  one('Top probability', 'top_probability', 't.top_probability'),
  one('Entropy', 'entropy', 't.entropy', 'nats'),
  words('Expert', 'expert', 'i.name'),
  one('Expert hash', 'expert_hash', 't.expert'),
  one('Place of the expert', 'place', 't.place'),
  one('Curiosity', 'curiosity', 't.curiosity'),
  one('Features', 'features_us', 't.features_us', 'us'),
  one('Encoder', 'encoder_us', 't.encoder_us', 'us'),
  one('Router', 'router_us', 't.router_us', 'us'),
  one('Expert', 'expert_us', 't.expert_us', 'us'),
  one('Latency source', 'latency_source', 't.latency_source'),
  one('Energy', 'energy_nj', "CASE WHEN t.energy_source <> 'none' THEN t.energy_nanojoule END", 'nJ'),
  one('Energy source', 'energy_source', 't.energy_source'),
  one('Supply', 'supply_mv', 't.supply_millivolts', 'mV'),
  one('Temperature', 'temperature_c', 't.temperature_c', 'degrees C'),
  one('Stack', 'stack_bytes', 't.stack_bytes', 'bytes'),
  one('Level', 'level_db', 't.level_db', dB),
  one('Noise floor L90', 'noise_floor_db', 't.noise_floor_db', dB),
  one('Clipped samples', 'clipped_share', 't.clipped_share', 'share'),
  one('Free flash', 'free_flash_bytes', 't.free_flash_bytes', 'bytes'),
  one('Started by', 'start_cause', 't.start_cause'),
  ...time('Board clock', 'board_clock', 't.wall_ms'),
  one('Stages, bits', 'stages', 't.stages'),
  one('Score', 'score', 't.score'),
  one('Windows skipped since the start', 'skipped_windows', 't.skipped_windows'),
];

const rolledColumns: readonly Column[] = [
  ...boardColumns,
  ...time('Begins', 'begins', 't.at_ms'),
  one('Records', 'records', 't.records'),
  one('Latency source', 'latency_source', 't.latency_source'),
  one('Energy source', 'energy_source', 't.energy_source'),
  ...figureNames.flatMap((figure) => {
    const [heading, unit] = figureWords[figure];
    return [
      one(`${heading}, records with it`, `${figure}_count`, `t.${figure}_count`),
      one(`${heading}, mean`, `${figure}_mean`, `t.${figure}_sum / nullif(t.${figure}_count, 0)`, unit),
      one(`${heading}, least`, `${figure}_min`, `t.${figure}_min`, unit),
      one(`${heading}, most`, `${figure}_max`, `t.${figure}_max`, unit),
    ];
  }),
];

/** Stretches as they are read: what several rolls say of one is added up, and what no roll has taken yet as well. */
const stretches = (table: string, everyMs: number): string => {
  const sums = figureNames
    .map(
      (figure) =>
        `sum(${figure}_count)::UBIGINT AS ${figure}_count, sum(${figure}_sum) AS ${figure}_sum,
         min(${figure}_min) AS ${figure}_min, max(${figure}_max) AS ${figure}_max`,
    )
    .join(', ');
  return `(SELECT board_id, at_ms, latency_source, energy_source, sum(records)::UBIGINT AS records, ${sums}
    FROM (FROM ${table} UNION ALL BY NAME ${rows(everyMs, unrolled)}) GROUP BY ALL ORDER BY board_id, at_ms)`;
};

export const levels: Record<ExportLevel, { columns: readonly Column[]; from: string }> = {
  // In the order in which the lab got them: sorting a season would need room for all of it.
  records: {
    columns: recordColumns,
    from: 'telemetry t LEFT JOIN images i ON i.sha256[:16] = t.expert',
  },
  minutes: { columns: rolledColumns, from: `${stretches('telemetry_minutes', minuteMs)} t` },
  hours: { columns: rolledColumns, from: `${stretches('telemetry_hours', hourMs)} t` },
};

/**
 * Writes over `file`, which is there already.
 * @param file absolute @param boards names of those that the lab knows
 * @returns how many rows
 * @throws CurlewError ABORTED once the signal aborts, FILE_UNWRITABLE, STORE_FAILED
 */
export async function writeTelemetry(
  store: Store,
  boards: readonly NamedBoard[],
  wish: ExportWish,
  file: string,
  signal: AbortSignal,
): Promise<number> {
  const { columns, from: records } = levels[wish.level];
  const where = [
    ...(wish.boardIds.length > 0 ? [`t.board_id IN (${wish.boardIds.map(literal).join(', ')})`] : []),
    ...(wish.fromMs === null ? [] : [`t.at_ms >= ${wish.fromMs}`]),
    ...(wish.toMs === null ? [] : [`t.at_ms < ${wish.toMs}`]),
  ];
  // Written out, so that DuckDB knows how few they are and looks them up: else it would hold the records, and lose their order.
  const told = [['', '', '', ''], ...boards.map(({ id, name, site, group }) => [id, name, site, group])];
  const from = `${records} LEFT JOIN (VALUES ${told.map((row) => `(${row.map(literal).join(', ')})`).join(', ')})
      b(id, name, site, "group") ON b.id = t.board_id
    ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''}`;
  return copyTable(store, { columns, from, format: wish.format }, file, signal);
}

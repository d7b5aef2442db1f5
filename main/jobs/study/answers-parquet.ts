/** The answers of a study as Parquet, made by DuckDB of the tables that lie there. */
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { answerFiles, answerParquet, hardFiles } from '../../../models/report/answers.ts';
import { literal } from '../../store/files.ts';

type Column = readonly [name: string, type: 'VARCHAR' | 'INTEGER' | 'BIGINT' | 'DOUBLE' | 'FLOAT'];

const identity: readonly Column[] = [
  ['model', 'VARCHAR'],
  ['seed', 'BIGINT'],
  ['fold', 'INTEGER'],
  ['clip', 'VARCHAR'],
  ['source', 'VARCHAR'],
];

/** In the order of the tables' columns, but for the classes' probabilities, which follow. */
const columns: Readonly<Record<keyof typeof answerParquet | 'hard', readonly Column[]>> = {
  clips: [
    ...identity,
    ['true_class', 'VARCHAR'],
    ['answer', 'VARCHAR'],
    ['curiosity', 'DOUBLE'],
    ['temperature', 'DOUBLE'],
    ['stages', 'VARCHAR'],
  ],
  windows: [
    ...identity,
    ['window', 'INTEGER'],
    ['start_s', 'DOUBLE'],
    ['true_class', 'VARCHAR'],
    ['answer', 'VARCHAR'],
    ['expert', 'VARCHAR'],
    ['curiosity', 'DOUBLE'],
    ['stages', 'VARCHAR'],
  ],
  hard: [
    ...identity,
    ['sounds', 'VARCHAR'],
    ['true_class', 'VARCHAR'],
    ['answer', 'VARCHAR'],
    ['curiosity', 'DOUBLE'],
  ],
};

const files = {
  clips: [answerFiles.clips, answerParquet.clips],
  windows: [answerFiles.windows, answerParquet.windows],
  hard: [hardFiles.csv, hardFiles.parquet],
} as const;

/**
 * @param folder where `answers-clips.csv` and `answers-windows.csv` lie
 * @param hard `answers-hard.csv` lies there too
 * @throws what DuckDB does
 */
export async function writeAnswersParquet(
  folder: string,
  classes: readonly string[],
  hard: boolean,
): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  try {
    const connection = await instance.connect();
    try {
      for (const table of ['clips', 'windows', ...(hard ? (['hard'] as const) : [])] as const) {
        const type = table === 'windows' ? 'FLOAT' : 'DOUBLE';
        const [csv, parquet] = files[table];
        const all = [...columns[table], ...probabilityNames(classes).map((name): Column => [name, type])];
        const read = all.map(([, type], i) => `c${i}: ${literal(type)}`).join(', ');
        const told = all.map(
          ([name, type], i) => `${type === 'VARCHAR' ? unguarded(`c${i}`) : `c${i}`} AS ${quoted(name)}`,
        );
        await connection.run(
          `COPY (SELECT ${told.join(', ')} FROM read_csv(${literal(join(folder, csv))}, header = true,
             auto_detect = false, delim = ',', quote = '"', escape = '"', columns = {${read}}))
           TO ${literal(join(folder, parquet))} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)`,
        );
      }
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}

/** Names of columns are the same to DuckDB where they differ in their case alone: those get a number. */
function probabilityNames(classes: readonly string[]): string[] {
  const lower = classes.map((label) => label.toLowerCase());
  return classes.map((label, i) =>
    lower.indexOf(lower[i]!) === lower.lastIndexOf(lower[i]!) ? `P(${label})` : `P(${label}) ${i + 1}`,
  );
}

/** Takes off again what stands before text that a spreadsheet would take for a formula (models/report/csv.ts). */
const unguarded = (column: string): string => `regexp_replace(${column}, '^''(''*[=+@\t\r-])', '\\1')`;

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

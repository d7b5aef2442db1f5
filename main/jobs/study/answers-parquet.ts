/** The answers of a study as Parquet, made by DuckDB of the tables that lie there. */
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { answerFiles, answerParquet, hardFiles } from '../../../models/report/answers.ts';
import { stageFiles } from '../../../models/report/stage-answers.ts';
import { literal } from '../../store/files.ts';

export type AnswerTable = 'clips' | 'windows' | 'hard' | 'stages';

type Column = readonly [name: string, type: 'VARCHAR' | 'INTEGER' | 'BIGINT' | 'DOUBLE' | 'FLOAT'];

const identity: readonly Column[] = [
  ['model', 'VARCHAR'],
  ['seed', 'BIGINT'],
  ['fold', 'INTEGER'],
  ['clip', 'VARCHAR'],
  ['source', 'VARCHAR'],
];

/** In the order of the tables' columns, but for the classes' probabilities, which follow. */
const columns: Readonly<Record<AnswerTable, readonly Column[]>> = {
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
  stages: [
    ['stage', 'VARCHAR'],
    ['seed', 'BIGINT'],
    ['left_out', 'INTEGER'],
    ['clip', 'VARCHAR'],
    ['source', 'VARCHAR'],
    ['sounds', 'VARCHAR'],
    ['window', 'INTEGER'],
    ['true_class', 'VARCHAR'],
  ],
};

const files = {
  clips: [answerFiles.clips, answerParquet.clips],
  windows: [answerFiles.windows, answerParquet.windows],
  hard: [hardFiles.csv, hardFiles.parquet],
  stages: [stageFiles.csv, stageFiles.parquet],
} as const;

/**
 * @param folder where the tables' CSV files lie
 * @param tables of which there are such files
 * @param decisions whose scores a cascade's windows have
 * @throws what DuckDB does
 */
export async function writeAnswersParquet(
  folder: string,
  classes: readonly string[],
  tables: readonly AnswerTable[],
  decisions: readonly string[] = [],
): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  try {
    const connection = await instance.connect();
    try {
      for (const table of tables) {
        const type = table === 'windows' || table === 'stages' ? 'FLOAT' : 'DOUBLE';
        const [csv, parquet] = files[table];
        const scores = table === 'stages' ? decisions : [];
        const scored = scores.map((one): Column => [`score_${one.replaceAll('-', '_')}`, 'FLOAT']);
        const all = [
          ...columns[table],
          ...scored,
          ...probabilityNames(classes).map((name): Column => [name, type]),
        ];
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

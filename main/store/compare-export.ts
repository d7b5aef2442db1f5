/** Everything that a comparison found as one table, a row a window: what a board and both references computed of it. */
import type { ExportFormat } from '../contract/types.ts';
import type { ComparedBoard, ComparedModel } from '../jobs/compare/contract/rows.ts';
import { comparedStages, stageWords } from '../jobs/compare/contract/stages.ts';
import { copyTable, type Column } from './copy-table.ts';
import { literal } from './files.ts';
import type { Store } from './open-store.ts';

export interface ComparedNames {
  boards: readonly ComparedBoard[];
  models: readonly ComparedModel[];
}

const one = (heading: string, name: string, sql: string, unit: string | null = null): Column => ({
  ...{ heading, name, unit, sql },
});
const words = (heading: string, name: string, sql: string): Column => ({
  ...one(heading, name, sql),
  isText: true,
});

const sides = ['board', 'quantized', 'float'] as const;
const figures = ['largest', 'element', 'relative', 'rmse', 'mae', 'l2', 'cosine'] as const;

/** What boards and models are called, by their places. */
const named = (column: 'board' | 'model', names: readonly string[]): string =>
  `[${names.map(literal).join(', ')}][w.${column} + 1]`;

function columnsOf({ boards, models }: ComparedNames, format: ExportFormat): Column[] {
  const nameOf = ({ choice, name, profile }: ComparedBoard): string =>
    [choice, ...(name === null || name === 'study' ? [] : [name]), ...(profile ? [profile] : [])].join(' ');
  // A list of CSV is text; of Parquet a list.
  const list = (sql: string): string => (format === 'csv' ? `array_to_string(${sql}, ' ')` : sql);
  const classes = `[${models.map((model) => `[${model.classes.map(literal).join(', ')}]`).join(', ')}][w.model + 1]`;
  return [
    words('Board', 'board', named('board', boards.map(nameOf))),
    words(
      'Model',
      'model',
      named(
        'model',
        models.map(({ id }) => id),
      ),
    ),
    words('Recording', 'recording', 'c.path'),
    words('Label', 'label', 'c.label'),
    one('Clip', 'clip', 'w.clip'),
    one('Window', 'window', 'w.place'),
    one('Starts', 'start_s', 'w.start_s', 's'),
    one('Answers since the model was deployed', 'ordinal', 'w.ordinal'),
    one('Inference', 'inference', 'w.inference_id'),
    one('Telemetry record', 'sequence', 'nullif(w.sequence, 0)'),
    ...sides.flatMap((side) => [
      words(
        `Class, ${side}`,
        `${side}_class`,
        `${classes}[list_position(w.${side}_logits, list_max(w.${side}_logits))]`,
      ),
      one(`Logits, ${side}`, `${side}_logits`, list(`w.${side}_logits`)),
      one(`Expert, ${side}`, `${side}_expert`, `w.${side}_expert`),
      one(`Curiosity, ${side}`, `${side}_curiosity`, `w.${side}_curiosity`),
      one(`Score, ${side}`, `${side}_score`, `w.${side}_score`),
    ]),
    one('Encoders that ran', 'stages_ran', 'w.stages_ran'),
    ...(['features', 'encoder', 'router', 'expert'] as const).map((stage) =>
      one(`Latency, ${stage}`, `${stage}_us`, `w.${stage}_us`, 'us'),
    ),
    one('Latency source', 'latency_source', 'w.latency_source'),
    one('Energy', 'energy_nj', "CASE WHEN w.energy_source <> 'none' THEN w.energy_nj END", 'nJ'),
    one('Energy source', 'energy_source', 'w.energy_source'),
    ...comparedStages.flatMap((stage) =>
      figures.map((figure, i) =>
        one(`${stageWords[stage].title}, ${figure}`, `${stage}_${figure}`, `w.${stage}[${i + 1}]`),
      ),
    ),
    one('Same class from the sound', 'same_heard', 'w.same_heard'),
    one('Same class from the log-mel', 'same_class', 'w.same_class'),
    one('Same expert from the log-mel', 'same_choice', 'w.same_choice'),
    words('First stage that is off', 'first_off', 'w.first_off'),
  ];
}

/** @returns how many rows @throws CurlewError as copyTable */
export const writeComparison = (
  store: Store,
  jobId: string,
  names: ComparedNames,
  format: ExportFormat,
  file: string,
  signal: AbortSignal,
): Promise<number> =>
  copyTable(
    store,
    {
      columns: columnsOf(names, format),
      from: `compare_windows w JOIN compare_clips c ON c.job_id = w.job_id AND c.clip = w.clip
        WHERE w.job_id = ${literal(jobId)} ORDER BY w.model, w.board, w.clip, w.place`,
      format,
    },
    file,
    signal,
  );

import { answerFiles, answerParquet, hardFiles } from './answers.ts';
import { claimsOf } from './claims.ts';
import type { Model } from './cost.ts';
import { csvText, type CsvCell } from './csv.ts';
import type { Results } from './results.ts';
import { stageFiles } from './stage-answers.ts';
import { tableCsv } from './table.ts';
import { calibrationTable, uncertaintyTable } from './tables/calibration.ts';
import { cascadeTable } from './tables/cascade.ts';
import { classTable, foldTable, problemTable } from './tables/data-set.ts';
import { encoderTable, scoreRows, sizeTable } from './tables/experts.ts';
import { agreementTable, energyTable, latencyTable } from './tables/cost.ts';
import { mixtureTable } from './tables/mixtures.ts';
import { robustnessRows } from './tables/robustness.ts';
import { seedTable } from './tables/seeds.ts';
import { testRows } from './tables/tests.ts';
import { tradeOffRows } from './tables/trade-off.ts';

export interface ReportFile {
  readonly name: string;
  readonly text: string;
}

type Rows = readonly (readonly CsvCell[])[];

type Table = Parameters<typeof tableCsv>[0];

/** Null where the study has none. */
const tables: Readonly<Record<string, (results: Results) => Table | null>> = {
  classes: ({ dataSet }) => classTable(dataSet),
  folds: ({ dataSet }) => foldTable(dataSet),
  problems: ({ dataSet }) => problemTable(dataSet),
  'table-1-size': sizeTable,
  'table-2-scores': scoreRows,
  seeds: seedTable,
  'table-3-mixtures': mixtureTable,
  'table-4-tests': testRows,
  robustness: robustnessRows,
  latency: latencyTable,
  energy: energyTable,
  'trade-off': ({ tradeOff }) => tradeOffRows(tradeOff),
  cascade: cascadeTable,
  'cascade-trade-off': ({ cascade }) => tradeOffRows(cascade?.tradeOff),
  agreement: agreementTable,
  calibration: calibrationTable,
  'error-detection': uncertaintyTable,
  encoder: (results) =>
    results.encoder.folds === null ? null : encoderTable(results.encoder, results.dataSet),
};

const modelsOf = ({ experts, mixtures }: Results): readonly Model[] => [...experts, ...mixtures];

const curves: Readonly<Record<string, (results: Results) => Rows>> = {
  claims: (results) => claimRows(results),
  'confusion-matrices': (results) => confusionRows(modelsOf(results), results.dataSet.classes),
  roc: (results) => rocRows(modelsOf(results), results.dataSet.classes),
  reliability: (results) => reliabilityRows(modelsOf(results)),
  'risk-coverage': (results) => riskRows(modelsOf(results)),
  'uncertainty-histograms': (results) => histogramRows(modelsOf(results)),
  'routing-flips': (results) => flipRows(results),
  inferences: (results) => latencyRows(modelsOf(results)),
  losses: (results) => lossRows(modelsOf(results)),
};

/** Every file that an evaluation may write. */
export const reportNames: readonly string[] = [
  'report.html',
  'results.json',
  ...[...Object.keys(tables), ...Object.keys(curves)].map((name) => `${name}.csv`),
  ...Object.values(answerFiles),
  ...Object.values(answerParquet),
  ...Object.values(hardFiles),
  ...Object.values(stageFiles),
];

/** Those of text that one did write. */
export const filesOf = (results: Results): string[] => [
  ...['report.html', 'results.json'],
  ...reportCsv(results).map(({ name }) => name),
  ...(results.answers ? Object.values(answerFiles) : []),
  ...(results.answers?.hard ? [hardFiles.csv] : []),
  ...(results.answers?.stages ? [stageFiles.csv] : []),
];

/** Those that are no text. */
export const parquetOf = ({ answers }: Results): string[] => [
  ...(answers?.parquet ? Object.values(answerParquet) : []),
  ...(answers?.hard ? [hardFiles.parquet] : []),
  ...(answers?.stages ? [stageFiles.parquet] : []),
];

/** The report's tables and the numbers behind its plots, unrounded; the sources of times and energies stand beside them. */
export function reportCsv(results: Results): ReportFile[] {
  const shown = Object.entries(tables).flatMap(([name, of]): ReportFile[] => {
    const table = of(results);
    return table === null ? [] : [{ name: `${name}.csv`, text: tableCsv(table) }];
  });
  const plotted = Object.entries(curves).map(([name, of]) => ({
    name: `${name}.csv`,
    text: csvText(of(results)),
  }));
  return [...shown, ...plotted];
}

const claimRows = (results: Results): Rows => [
  ['Origin', 'Claim', 'Verdict', 'Finding', 'Verdict on harder sounds', 'Finding on harder sounds'],
  ...claimsOf(results).map(({ origin, claim, verdict, finding, hard }) => [
    ...[origin, claim, verdict, finding],
    ...[hard?.verdict ?? null, hard?.finding ?? null],
  ]),
];

const confusionRows = (models: readonly Model[], classes: readonly string[]): Rows => [
  ['Model', 'True class', 'Answer', 'Clips'],
  ...models.flatMap(({ name, scores }) =>
    scores.confusion.flatMap((row, truth) =>
      row.map((clips, answer) => [name, classes[truth]!, classes[answer]!, clips]),
    ),
  ),
];

const rocRows = (models: readonly Model[], classes: readonly string[]): Rows => [
  ['Model', 'Class', 'False positive rate', 'True positive rate'],
  ...models.flatMap(({ name, scores: { roc } }) =>
    [
      ...roc.classes.map((curve, i) => ({ label: classes[i]!, curve })),
      { label: 'mean of the classes', curve: roc.macro },
    ].flatMap(({ label, curve }) => curve.points.map(([x, y]) => [name, label, x, y])),
  ),
];

const reliabilityRows = (models: readonly Model[]): Rows => [
  ['Model', 'Temperature', 'Low', 'High', 'Clips', 'Confidence', 'Accuracy'],
  ...models.flatMap(({ name, scores: { calibration } }) =>
    [
      { temperature: 'as trained', scores: calibration.plain },
      ...(calibration.scaled ? [{ temperature: 'scaled', scores: calibration.scaled.scores }] : []),
    ].flatMap(({ temperature, scores }) =>
      scores.bins.map((bin) => [
        name,
        temperature,
        bin.low,
        bin.high,
        bin.clips,
        bin.confidence,
        bin.accuracy,
      ]),
    ),
  ),
];

const riskRows = (models: readonly Model[]): Rows => [
  ['Model', 'Uncertainty', 'Coverage', 'Risk', 'Generalized risk'],
  ...models.flatMap(({ name, scores }) =>
    scores.uncertainty.flatMap(({ kind, curve }) =>
      curve.map((point) => [name, kind, point.coverage, point.risk, point.generalizedRisk]),
    ),
  ),
];

const histogramRows = (models: readonly Model[]): Rows => [
  ['Model', 'Uncertainty', 'Low', 'High', 'Right clips', 'Wrong clips'],
  ...models.flatMap(({ name, scores }) =>
    scores.uncertainty.flatMap(({ kind, histogram: { edges, right, wrong } }) =>
      right.map((clips, i) => [name, kind, edges[i]!, edges[i + 1]!, clips, wrong[i]!]),
    ),
  ),
];

const flipRows = ({ flips }: Results): Rows => [
  ['Passes', 'Share of windows that flip', 'Draws', 'Windows', 'Alpha'],
  ...(flips?.points ?? []).map(({ passes, rate }) => [
    passes,
    rate,
    flips!.draws,
    flips!.windows,
    flips!.alpha,
  ]),
];

const latencyRows = (models: readonly Model[]): Rows => [
  ['Model', 'Inference', 'Latency, µs', 'Latency: source'],
  ...models.flatMap(({ name, cost }) =>
    (cost?.latencyUs ?? []).map((us, i) => [name, i + 1, us, cost!.latencySource]),
  ),
];

const lossRows = (models: readonly Model[]): Rows => [
  ['Model', 'Seed', 'Fold', 'Epoch', 'Training loss', 'Validation loss'],
  ...models.flatMap(({ name, losses }) =>
    losses.flatMap(({ fold, seed, training, validation }) =>
      training.map((loss, i) => [name, seed ?? null, fold, i + 1, loss, validation[i] ?? null]),
    ),
  ),
];

import { claimsOf } from './claims.ts';
import type { Model } from './cost.ts';
import { csvText, type CsvCell } from './csv.ts';
import type { Results } from './results.ts';
import { tableCsv } from './table.ts';
import { calibrationTable, uncertaintyTable } from './tables/calibration.ts';
import { classTable, foldTable, problemTable } from './tables/data-set.ts';
import { encoderTable, scoreRows, sizeTable } from './tables/experts.ts';
import { agreementTable, energyTable, latencyTable } from './tables/cost.ts';
import { mixtureTable } from './tables/mixtures.ts';
import { testRows } from './tables/tests.ts';

export interface ReportFile {
  readonly name: string;
  readonly text: string;
}

type Rows = readonly (readonly CsvCell[])[];

/** The report's tables and the numbers behind its plots, unrounded; the sources of figures stand beside them. */
export function reportCsv(results: Results): ReportFile[] {
  const { dataSet, experts, mixtures } = results;
  const models = [...experts, ...mixtures];
  const tables = {
    classes: classTable(dataSet),
    folds: foldTable(dataSet),
    problems: problemTable(dataSet),
    'table-1-size': sizeTable(results),
    'table-2-scores': scoreRows(results),
    'table-3-mixtures': mixtureTable(results),
    'table-4-tests': testRows(results),
    latency: latencyTable(results),
    energy: energyTable(results),
    agreement: agreementTable(results),
    calibration: calibrationTable(results),
    'error-detection': uncertaintyTable(results),
    ...(results.encoder.folds === null ? {} : { encoder: encoderTable(results.encoder) }),
  };
  const curves: Record<string, Rows> = {
    claims: claimRows(results),
    'confusion-matrices': confusionRows(models, dataSet.classes),
    roc: rocRows(models, dataSet.classes),
    reliability: reliabilityRows(models),
    'risk-coverage': riskRows(models),
    'uncertainty-histograms': histogramRows(models),
    'routing-flips': flipRows(results),
    inferences: latencyRows(models),
    losses: lossRows(models),
  };
  return [
    ...Object.entries(tables).map(([name, table]) => ({ name: `${name}.csv`, text: tableCsv(table) })),
    ...Object.entries(curves).map(([name, rows]) => ({ name: `${name}.csv`, text: csvText(rows) })),
  ];
}

const claimRows = (results: Results): Rows => [
  ['Origin', 'Claim', 'Verdict', 'Finding'],
  ...claimsOf(results).map(({ origin, claim, verdict, finding }) => [origin, claim, verdict, finding]),
];

const confusionRows = (models: readonly Model[], classes: readonly string[]): Rows => [
  ['Model', 'True class', 'Answer', 'Clips', 'Clips: source'],
  ...models.flatMap(({ name, scores }) =>
    scores.confusion.flatMap((row, truth) =>
      row.map((clips, answer) => [name, classes[truth]!, classes[answer]!, clips, 'counted']),
    ),
  ),
];

const rocRows = (models: readonly Model[], classes: readonly string[]): Rows => [
  ['Model', 'Class', 'False positive rate', 'True positive rate', 'Source'],
  ...models.flatMap(({ name, scores: { roc } }) =>
    [
      ...roc.classes.map((curve, i) => ({ label: classes[i]!, curve })),
      { label: 'mean of the classes', curve: roc.macro },
    ].flatMap(({ label, curve }) => curve.points.map(([x, y]) => [name, label, x, y, 'measured'])),
  ),
];

const reliabilityRows = (models: readonly Model[]): Rows => [
  ['Model', 'Temperature', 'Low', 'High', 'Clips', 'Confidence', 'Accuracy', 'Source'],
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
        'measured',
      ]),
    ),
  ),
];

const riskRows = (models: readonly Model[]): Rows => [
  ['Model', 'Uncertainty', 'Coverage', 'Risk', 'Generalized risk', 'Source'],
  ...models.flatMap(({ name, scores }) =>
    scores.uncertainty.flatMap(({ kind, curve }) =>
      curve.map((point) => [name, kind, point.coverage, point.risk, point.generalizedRisk, 'measured']),
    ),
  ),
];

const histogramRows = (models: readonly Model[]): Rows => [
  ['Model', 'Uncertainty', 'Low', 'High', 'Right clips', 'Wrong clips', 'Source'],
  ...models.flatMap(({ name, scores }) =>
    scores.uncertainty.flatMap(({ kind, histogram: { edges, right, wrong } }) =>
      right.map((clips, i) => [name, kind, edges[i]!, edges[i + 1]!, clips, wrong[i]!, 'counted']),
    ),
  ),
];

const flipRows = ({ flips }: Results): Rows => [
  ['Passes', 'Share of clips that flip', 'Source', 'Draws', 'Clips', 'Alpha'],
  ...(flips?.points ?? []).map(({ passes, rate }) => [
    passes,
    rate,
    'counted',
    flips!.draws,
    flips!.clips,
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
  ['Model', 'Fold', 'Epoch', 'Training loss', 'Validation loss', 'Source'],
  ...models.flatMap(({ name, losses }) =>
    losses.flatMap(({ fold, training, validation }) =>
      training.map((loss, i) => [name, fold, i + 1, loss, validation[i] ?? null, 'measured']),
    ),
  ),
];

import { count, grouped } from '../../../main/contract/figures.ts';
import { deviation, mean } from '../../evaluation/moments.ts';
import { digits, estimate, score, share, spread } from '../format.ts';
import type { EncoderSummary, Estimate, ExpertFamily, ModelScores, Results, Score } from '../results.ts';
import { emptyCell, plainCell, textCell, type Cell, type Table } from '../table.ts';

const families: Record<ExpertFamily, string> = {
  float: 'float',
  bitlinear: 'BitLinear',
  ternary: 'ternary, int8 activations',
  'ternary-activations': 'ternary weights and activations',
  ptq: 'post-training quantization',
};

/** Table 1: what each expert takes. */
export function sizeTable({ experts, encoder }: Results): Table {
  const rows = experts.map((expert): Cell[] => [
    textCell(expert.name),
    textCell(families[expert.family]),
    textCell(expert.detail),
    plainCell(expert.bits, digits),
    plainCell(expert.parameters, grouped),
    expert.zeroWeights === null ? emptyCell : plainCell(expert.zeroWeights ?? null, share),
    plainCell(expert.imageBytes?.value ?? null, grouped),
    plainCell(expert.flashBytes?.value ?? null, grouped),
    plainCell(expert.ramBytes?.value ?? null, grouped),
  ]);
  rows.push([
    textCell(`${encoder.name} (encoder)`),
    textCell('encoder'),
    textCell(`embedding of ${grouped(encoder.embeddingSize)} numbers`),
    emptyCell,
    plainCell(encoder.parameters, grouped),
    emptyCell,
    plainCell(encoder.imageBytes?.value ?? null, grouped),
    plainCell(encoder.flashBytes?.value ?? null, grouped),
    plainCell(encoder.ramBytes?.value ?? null, grouped),
  ]);
  return {
    title: 'Table 1. Size and precision',
    columns: [
      'Name',
      'Kind',
      'Detail',
      'Bits',
      'Parameters',
      'Zero weights',
      'Image, bytes',
      'Flash, bytes',
      'RAM, bytes',
    ],
    rows,
    notes: [
      'Zero weights: the share of those kept as integers whose code is 0; an expert that is mostly zeros shows little of what its bits are worth.',
      'The encoder is listed by itself: every expert of a bank shares it. Bytes are those of the image, and of the firmware as it is linked.',
    ],
  };
}

/** The encoder's own classifier, float and int8, by fold; which folds of the data set it was not tested on is said. */
export function encoderTable(
  { name, folds }: EncoderSummary,
  dataSet: Pick<Results['dataSet'], 'folds'>,
): Table {
  const accuracies = (folds ?? []).map(({ fold, float, int8 }) => ({ part: `fold ${fold}`, float, int8 }));
  const untested = dataSet.folds
    .map(({ fold }) => fold)
    .filter((fold) => !accuracies.some(({ part }) => part === `fold ${fold}`));
  const column = (of: 'float' | 'int8') => accuracies.map((row) => row[of]);
  const row = (part: string, values: readonly (number | null)[]) => [
    textCell(part),
    ...values.map((value) => plainCell(value, share)),
  ];
  return {
    title: `Accuracy of the classifier that ${name} was trained with`,
    columns: ['Part', 'Float', 'Int8'],
    rows: [
      ...accuracies.map(({ part, float, int8 }) => row(part, [float, int8])),
      row(`mean over ${count(accuracies.length, 'fold')}`, [mean(column('float')), mean(column('int8'))]),
      row('deviation over them', [deviation(column('float')), deviation(column('int8'))]),
    ],
    notes: untested.map(
      (fold) =>
        `Fold ${fold} is none of those that its training left out in turn: its own classifier was not tested on it.`,
    ),
  };
}

interface Model {
  readonly name: string;
  readonly scores: ModelScores;
}

const measures = [
  ['Accuracy', (scores: ModelScores) => scores.accuracy],
  ['Macro-F1', (scores: ModelScores) => scores.macroF1],
  ['Weighted F1', (scores: ModelScores) => scores.weightedF1],
] as const;

const estimated = (value: Estimate): Cell => ({
  text: estimate(value),
  value: value.value,
  source: null,
});

/** Table 2 as people read it: a row for each model and measure, a column a fold. */
export function scoreTable({ experts, mixtures, dataSet, protocol, tested }: Results): Table {
  // A bank that is tested as it is has answered all clips alike.
  const folds = tested ? [] : dataSet.folds.map(({ fold }) => fold);
  const inFold = (values: Score, fold: number) => values.folds.find((entry) => entry.fold === fold);
  const rows = [...experts, ...mixtures].flatMap(({ name, scores }: Model) =>
    measures.map(([measure, of]): Cell[] => {
      const values = of(scores);
      return [
        textCell(name),
        textCell(measure),
        ...folds.map((fold) => {
          const found = inFold(values, fold);
          return found ? estimated(found) : plainCell(null, score);
        }),
        ...(tested ? [] : [{ text: spread(values), value: values.mean, source: null }]),
        estimated(values.pooled),
      ];
    }),
  );
  return {
    title: tested ? 'Table 2. Accuracy and F1' : 'Table 2. Accuracy and F1 by fold',
    columns: [
      'Model',
      'Measure',
      ...folds.map((fold) => `Fold ${fold}`),
      ...(tested ? [] : ['Mean ± deviation over folds']),
      'All clips',
    ],
    rows,
    notes: [
      `In brackets: ${100 * protocol.level} % percentile intervals of a bootstrap that draws whole sources, ${grouped(protocol.resamples)} resamples. ${tested ? '' : 'The deviation is the sample standard deviation over the folds.'}`.trimEnd(),
    ],
  };
}

/** Table 2 for programs: one estimate a row. */
export function scoreRows({ experts, mixtures }: Results): Pick<Table, 'columns' | 'rows'> {
  const scored = (value: number | null) => plainCell(value, score);
  const part = (name: string, clips: number, { value, low, high }: Estimate) => [
    textCell(name),
    plainCell(clips, grouped),
    ...[value, low, high].map(scored),
    emptyCell,
  ];
  return {
    columns: ['Model', 'Measure', 'Part', 'Clips', 'Value', 'Low', 'High', 'Deviation over folds'],
    rows: [...experts, ...mixtures].flatMap(({ name, scores }: Model) =>
      measures.flatMap(([measure, of]) => {
        const { folds, pooled, mean, deviation } = of(scores);
        const over = [textCell('mean over folds'), plainCell(scores.clips, grouped)];
        return [
          ...folds.map((fold) => part(`fold ${fold.fold}`, fold.clips, fold)),
          part('all clips', scores.clips, pooled),
          [...over, scored(mean), emptyCell, emptyCell, scored(deviation)],
        ].map((cells) => [textCell(name), textCell(measure), ...cells]);
      }),
    ),
  };
}

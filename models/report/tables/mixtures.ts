import { costOf } from '../cost.ts';
import { digits, estimate, milliseconds, score, share, spread } from '../format.ts';
import type { MixtureKind, MixtureResult, Results } from '../results.ts';
import { emptyCell, figureCell, sourcedCell, textCell, type Cell, type Table } from '../table.ts';

const kinds: Record<MixtureKind, string> = {
  plain: 'plain router',
  curiosity: 'curiosity router',
  random: 'random, equal bits',
  always: 'always one expert',
};

/** Table 3: the routers, and what they are held against. */
export function mixtureTable(results: Results): Table {
  const { mixtures, bank, carbon, board } = results;
  return {
    title: 'Table 3. Mixtures',
    columns: [
      'Mixture',
      'Kind',
      'Alpha',
      'Passes',
      ...bank.map((name) => `Share of ${name}`),
      'Mean bits',
      'Accuracy ± deviation',
      'Weighted F1 ± deviation',
      'Weighted F1, all clips',
      'Latency, ms',
      'Its deviation, ms',
      'Energy, mJ',
      'F1 per mJ',
      'CO2 per 1000, g',
    ],
    rows: mixtures.map((mixture) => [...choice(mixture), ...worth(mixture), ...price(mixture, carbon)]),
    notes: [
      'Accuracy and F1 are means over the folds with their sample deviation, or in the third column over all clips with the interval.',
      'Alpha 0 is the plain router. Random routing deals out another router’s choices anew, so that every expert answers as often but not the same sounds.',
      board === null
        ? 'No board was measured: there is no latency, energy or carbon.'
        : `Latency and energy are of one inference on ${board.name} (${board.kind}), front end and encoder included.`,
    ],
  };
}

const choice = ({ name, kind, alpha, passes, usage, meanBits }: MixtureResult): Cell[] => [
  textCell(name),
  textCell(kinds[kind]),
  alpha === null ? emptyCell : { text: `${alpha}`, value: alpha, source: null },
  { text: `${passes}`, value: passes, source: null },
  ...usage.map((part) => figureCell(part, 'counted', share)),
  figureCell(meanBits, 'counted', (bits) => bits.toFixed(2)),
];

const worth = ({ scores: { accuracy, weightedF1 } }: MixtureResult): Cell[] => [
  { text: spread(accuracy), value: accuracy.mean, source: 'measured' },
  { text: spread(weightedF1), value: weightedF1.mean, source: 'measured' },
  { text: estimate(weightedF1.pooled), value: weightedF1.pooled.value, source: 'measured' },
];

function price(mixture: MixtureResult, carbon: Results['carbon']): Cell[] {
  const cost = costOf(mixture, carbon);
  const source = cost?.latencySource ?? 'measured';
  return [
    figureCell(cost?.mean ?? null, source, milliseconds),
    figureCell(cost?.deviation ?? null, source, milliseconds),
    sourcedCell(cost?.millijoule ?? null, digits),
    sourcedCell(cost?.f1PerMillijoule ?? null, digits),
    sourcedCell(cost?.grams ?? null, digits),
  ];
}

/** Latency, energy and carbon of whatever answers, in full. */
export function costTable({ experts, mixtures, carbon }: Results): Table {
  return {
    title: 'Latency and energy of one inference',
    columns: [
      'Model',
      'Inferences',
      'Mean, ms',
      'Deviation, ms',
      'p50, ms',
      'p95, ms',
      'p99, ms',
      'Front end, ms',
      'Encoder, ms',
      'Router, ms',
      'Expert, ms',
      'Energy, mJ',
      'Weighted F1',
      'F1 per mJ',
      'CO2 per 1000 inferences, g',
      'Inferences that emit what training did',
    ],
    rows: [...experts, ...mixtures].map((model) => {
      const cost = costOf(model, carbon);
      const source = cost?.latencySource ?? 'measured';
      const time = (us: number | null | undefined) => figureCell(us ?? null, source, milliseconds);
      const stages = model.cost?.stagesUs;
      return [
        textCell(model.name),
        figureCell(cost?.inferences ?? null, 'counted', digits),
        ...[cost?.mean, cost?.deviation, cost?.p50, cost?.p95, cost?.p99].map(time),
        ...[stages?.features, stages?.encoder, stages?.router, stages?.expert].map(time),
        sourcedCell(cost?.millijoule ?? null, digits),
        figureCell(model.scores.weightedF1.pooled.value, 'measured', score),
        sourcedCell(cost?.f1PerMillijoule ?? null, digits),
        sourcedCell(cost?.grams ?? null, digits),
        sourcedCell(cost?.breakEven ?? null, digits),
      ];
    }),
    notes: carbonNotes(carbon),
  };
}

/** Implementation error and quantization error, apart. */
export function agreementTable({ experts }: Results): Table {
  return {
    title: 'Board against reference',
    columns: [
      'Expert',
      'Windows',
      'Same class as the quantized reference',
      'Implementation error',
      'Quantization error',
    ],
    rows: experts.flatMap(({ name, agreement }) =>
      agreement === null
        ? []
        : [
            [
              textCell(name),
              figureCell(agreement.windows, 'counted', digits),
              figureCell(agreement.sameTopClass, 'counted', digits),
              figureCell(agreement.implementation, 'measured', digits),
              figureCell(agreement.quantization, 'measured', digits),
            ],
          ],
    ),
    notes: [
      'The largest difference of logits, relative to the largest logit: board against quantized reference, and quantized against float reference.',
    ],
  };
}

function carbonNotes(carbon: Results['carbon']): string[] {
  if (carbon === null) return ['No grid intensity was chosen: there is no carbon.'];
  const grid = `Grid: ${digits(carbon.gramsPerKwh)} g CO2 per kWh (${carbon.origin}).`;
  if (carbon.training === null) return [grid, 'The training was not timed.'];
  const { seconds, watts } = carbon.training;
  return [
    grid,
    `Training: ${digits(seconds.value)} s (${seconds.source}) at ${digits(watts)} W (stated, not metered). The last column is its energy over that of one inference; making the board and sending its data are not counted.`,
  ];
}

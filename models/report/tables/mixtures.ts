import { costOf } from '../cost.ts';
import { count } from '../../../main/contract/figures.ts';
import { digits, estimate, share, spread } from '../format.ts';
import type { MixtureKind, MixtureResult, Results } from '../results.ts';
import {
  emptyCell,
  millisecondsCell,
  plainCell,
  sourcedCell,
  textCell,
  type Cell,
  type Table,
} from '../table.ts';

const kinds: Record<MixtureKind, string> = {
  plain: 'plain router',
  curiosity: 'curiosity router',
  random: 'random, equal bits',
  threshold: 'threshold on top probability',
  always: 'always one expert',
  whole: 'whole expert',
  cascade: 'cascade',
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
      'Accuracy',
      'Weighted F1',
      'Latency, ms',
      'Its deviation, ms',
      'Energy, mJ',
      'F1 per mJ',
      'CO2 per 1000, g',
    ],
    rows: mixtures.map((mixture) => [...choice(mixture, bank), ...worth(mixture), ...price(mixture, carbon)]),
    notes: [
      'Accuracy and F1 are means over the folds with their sample deviation; Table 2 has the intervals.',
      'Alpha 0 is the plain router. Random routing deals out another router’s choices anew, so that every expert answers as often but not the same sounds.',
      ...mixtures.flatMap(({ name, deals }) =>
        deals
          ? [
              `${name}: the row is of one deal. Over ${count(deals.deals, 'deal')} accuracy is ${estimate(deals.accuracy)} and weighted F1 ${estimate(deals.weightedF1)} over all clips, in brackets the bounds of 95 % of the deals.`,
            ]
          : [],
      ),
      ...(mixtures.some(({ kind }) => kind === 'threshold')
        ? [
            'The threshold asks the bank’s least precise expert, and its most precise too where the top probability is low, of as many windows of a fold as take curiosity’s energy, or as near as the two come to it: where it answers all with one expert, no share of the other’s comes nearer. Its latency and energy are sums of the stages’ means, on sounds as recorded; harder ones meet the same threshold, and take more where they are less certain.',
          ]
        : []),
      board === null
        ? 'Nothing ran on a board: there is no latency, energy or carbon.'
        : `Latency and energy are of one inference on ${board.name} (${board.kind}), front end and encoder included.`,
    ],
  };
}

const choice = (
  { name, kind, alpha, passes, usage, meanBits }: MixtureResult,
  bank: readonly string[],
): Cell[] => [
  textCell(name),
  textCell(kinds[kind]),
  alpha === null ? emptyCell : { text: `${alpha}`, value: alpha, source: null },
  { text: `${passes}`, value: passes, source: null },
  ...bank.map((_, expert) => (usage[expert] === undefined ? emptyCell : plainCell(usage[expert], share))),
  plainCell(meanBits, (bits) => bits.toFixed(2)),
];

const worth = ({ scores: { accuracy, weightedF1 } }: MixtureResult): Cell[] => [
  { text: spread(accuracy), value: accuracy.mean, source: null },
  { text: spread(weightedF1), value: weightedF1.mean, source: null },
];

function price(mixture: MixtureResult, carbon: Results['carbon']): Cell[] {
  const cost = costOf(mixture, carbon);
  const source = cost?.latencySource ?? 'measured';
  return [
    millisecondsCell(cost?.mean ?? null, source),
    millisecondsCell(cost?.deviation ?? null, source),
    sourcedCell(cost?.millijoule ?? null, digits),
    sourcedCell(cost?.f1PerMillijoule ?? null, digits),
    sourcedCell(cost?.grams ?? null, digits),
  ];
}

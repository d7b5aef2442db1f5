/** Every model in one table: how well it answers, what it takes and what an inference costs. */
import { grouped } from '../../../../main/contract/figures.ts';
import { costOf, type Model } from '../../../../models/report/cost.ts';
import { digits, estimate, milliseconds } from '../../../../models/report/format.ts';
import type { ExpertResult, Results, Score } from '../../../../models/report/results.ts';
import {
  emptyCell,
  figureCell,
  plainCell,
  sourcedCell,
  textCell,
  type Cell,
  type Table,
} from '../../../../models/report/table.ts';

/** @param fold that scores are of; null: the clips of all folds together */
export function overviewTable(results: Results, fold: number | null): Table {
  const { experts, mixtures, carbon, board, protocol } = results;
  return {
    title: `Models, ${fold === null ? 'clips of all folds' : `clips of fold ${fold}`}`,
    columns: [
      'Model',
      'Accuracy',
      'Macro-F1',
      'Weighted F1',
      'Image, bytes',
      'Flash, bytes',
      'RAM, bytes',
      'Latency, ms',
      'Energy, mJ',
      'F1 per mJ',
      'CO2 per 1000, g',
    ],
    rows: [
      ...experts.map((expert) => [...worth(expert, fold), ...takes(expert), ...price(expert, carbon)]),
      ...mixtures.map((mixture) => [
        ...worth(mixture, fold),
        emptyCell,
        emptyCell,
        emptyCell,
        ...price(mixture, carbon),
      ]),
    ],
    notes: [
      `In brackets: ${100 * protocol.level} % intervals of a bootstrap that draws whole sources.`,
      'A mixture takes what its experts take together, and its router.',
      board === null
        ? 'Nothing ran on a board: there is no latency, energy or carbon.'
        : `Latency and energy are means of one inference on ${board.name} (${board.kind}, ${board.profile}), front end and encoder included; F1 per mJ is of the weighted F1 over all folds.`,
    ],
  };
}

function worth({ name, scores }: Model, fold: number | null): Cell[] {
  const of = (score: Score): Cell => {
    const found = fold === null ? score.pooled : score.folds.find((one) => one.fold === fold);
    return found ? { text: estimate(found), value: found.value, source: null } : plainCell(null, digits);
  };
  return [textCell(name), of(scores.accuracy), of(scores.macroF1), of(scores.weightedF1)];
}

const takes = ({ imageBytes, flashBytes, ramBytes }: ExpertResult): Cell[] =>
  [imageBytes, flashBytes, ramBytes].map((figure) => plainCell(figure?.value ?? null, grouped));

function price(model: Model, carbon: Results['carbon']): Cell[] {
  const cost = costOf(model, carbon);
  return [
    figureCell(cost?.mean ?? null, cost?.latencySource ?? 'measured', milliseconds),
    sourcedCell(cost?.millijoule ?? null, digits),
    sourcedCell(cost?.f1PerMillijoule ?? null, digits),
    sourcedCell(cost?.grams ?? null, digits),
  ];
}

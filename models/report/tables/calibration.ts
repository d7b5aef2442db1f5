import { digits, list, score } from '../format.ts';
import type { CalibrationScores, Results } from '../results.ts';
import { emptyCell, plainCell, textCell, type Cell, type Table } from '../table.ts';

const scored = (value: number | null) => plainCell(value, score);

/** ECE, Brier, NLL of every model, before and after temperature scaling. */
export function calibrationTable({ experts, mixtures }: Results): Table {
  const row = (name: string, scaling: string, scores: CalibrationScores): Cell[] => [
    textCell(name),
    textCell(scaling),
    ...[scores.ece, scores.brier, scores.nll].map(scored),
  ];
  const models = [...experts, ...mixtures];
  const bins = models[0]?.scores.calibration.plain.bins.length;
  return {
    title: 'Calibration',
    columns: ['Model', 'Temperature', 'ECE', 'Brier', 'NLL, nats'],
    rows: models.flatMap(({ name, scores: { calibration } }) => {
      const plain = row(name, '1 (as trained)', calibration.plain);
      if (calibration.scaled === null) return [plain];
      const temperatures = calibration.scaled.temperatures.map(({ temperature }) => temperature.toFixed(2));
      return [plain, row(name, `${list(temperatures)} (by fold)`, calibration.scaled.scores)];
    }),
    notes: [
      ...(bins === undefined ? [] : [`ECE over ${bins} bins of equal width of the top probability.`]),
      'Temperatures are fitted on each fold’s validation clips, never on the clips reported.',
    ],
  };
}

/** How well each model's uncertainties tell its wrong answers from its right ones. */
export function uncertaintyTable({ experts, mixtures }: Results): Table {
  return {
    title: 'Error detection',
    columns: ['Model', 'Uncertainty', 'Clips', 'Wrong', 'AUROC', 'AURC', 'AUGRC', 'Macro ROC AUC'],
    rows: [...experts, ...mixtures].flatMap(({ name, scores }) =>
      scores.uncertainty.map(({ kind, auroc, aurc, augrc, histogram }, i) => [
        textCell(name),
        textCell(kind === 'max-softmax' ? '1 − max-softmax' : 'curiosity'),
        plainCell(scores.clips, digits),
        plainCell(
          histogram.wrong.reduce((sum, clips) => sum + clips, 0),
          digits,
        ),
        ...[auroc, aurc, augrc].map(scored),
        i === 0 ? scored(scores.roc.macro.auc) : emptyCell,
      ]),
    ),
    notes: [
      'AUROC: the probability that a wrong answer is more uncertain than a right one; 0.5 is chance. AURC and AUGRC (Traub et al. 2024): lower is better, and a model with fewer errors has less to lose.',
      'Where every answer is right or every one is wrong, no AUROC exists.',
    ],
  };
}

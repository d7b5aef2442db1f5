/** Plots of how one model answers: calibration, risk, errors, ROC. */
import { count } from '../../../main/contract/figures.ts';
import type { Model } from '../cost.ts';
import { digits, score } from '../format.ts';
import type { Markup } from '../markup.ts';
import { scalingOf } from '../tables/calibration.ts';
import type { CalibrationScores, UncertaintyKind } from '../results.ts';
import { uncertaintyNames } from '../uncertainty-name.ts';
import { axis, plot, unitAxis, type Frame, type KeyEntry, type Point } from './frame.ts';
import { diagonal, dot, line, steps } from './layers.ts';

export function reliabilityDiagram({ name, scores: { calibration } }: Model): Markup {
  const frame = { x: unitAxis('Top probability'), y: unitAxis('Accuracy') };
  const versions = [
    { text: 'as trained', scores: calibration.plain },
    ...(calibration.scaled ? [{ text: 'temperature scaled', scores: calibration.scaled.scores }] : []),
  ];
  return plot(
    `Reliability of ${name}`,
    frame,
    [diagonal(frame), versions.map(({ scores }, series) => reliabilityLine(frame, scores, series))],
    versions.map(({ text, scores }, series) => ({
      series,
      text: `${text}, ECE ${score(scores.ece)}, NLL ${score(scores.nll)}`,
    })),
    ['A mark’s area is its bin’s share of the clips. On the dashed line a probability means what it says.', scalingOf(calibration) ?? ''].join(' ').trim(), // prettier-ignore
  );
}

function reliabilityLine(frame: Frame, { bins }: CalibrationScores, series: number): Markup[] {
  const filled = bins.filter((bin) => bin.clips > 0);
  const clips = filled.reduce((sum, bin) => sum + bin.clips, 0);
  const points = filled.map((bin): Point => [bin.confidence!, bin.accuracy!]);
  return [
    line(frame, points, series, true),
    ...points.map((point, i) => dot(frame, point, series, 1.5 + 9 * Math.sqrt(filled[i]!.clips / clips))),
  ];
}

export function riskCoverage({ name, scores }: Model, generalized: boolean): Markup {
  const risk = generalized ? 'generalizedRisk' : 'risk';
  const curves = scores.uncertainty.map(({ curve }) => curve.map((p): Point => [p.coverage, p[risk]]));
  const highest = Math.max(0.01, ...curves.flat().map(([, y]) => y));
  const frame = {
    x: unitAxis('Coverage: share of clips answered'),
    y: axis(generalized ? 'Errors among all clips' : 'Errors among the answered', 0, highest),
  };
  const area = generalized ? 'augrc' : 'aurc';
  return plot(
    `${generalized ? 'Generalized risk' : 'Risk'} and coverage of ${name}`,
    frame,
    curves.map((curve, series) => line(frame, curve, series)),
    scores.uncertainty.map((uncertainty, series) => ({
      series,
      text: `${uncertaintyNames[uncertainty.kind]}, ${area.toUpperCase()} ${digits(uncertainty[area])}`,
    })),
  );
}

/** Null where the model has no such uncertainty. */
export function errorHistogram({ name, scores }: Model, kind: UncertaintyKind): Markup | null {
  const found = scores.uncertainty.find((uncertainty) => uncertainty.kind === kind);
  if (!found) return null;
  const { edges, right, wrong } = found.histogram;
  const spread = edges[0] === edges.at(-1) ? [edges[0]!, edges[0]! + 1] : edges;
  const groups = [
    { text: 'right', counts: right },
    { text: 'wrong', counts: wrong },
  ].map(({ text, counts }, series) => {
    const clips = counts.reduce((sum, n) => sum + n, 0);
    return { text: `${text}, ${count(clips, 'clip')}`, series, shares: counts.map((n) => n / (clips || 1)) };
  });
  const highest = Math.max(...groups.flatMap(({ shares }) => shares));
  const label = kind === 'curiosity' ? 'Curiosity' : uncertaintyNames[kind];
  const frame = {
    x: axis(label, spread[0]!, spread.at(-1)!),
    y: axis('Share of the right, of the wrong', 0, highest),
  };
  return plot(
    `${label} of right and wrong clips, ${name}`,
    frame,
    groups.map(({ series, shares }) => steps(frame, spread, shares, series)),
    groups.map(({ text, series }): KeyEntry => ({ text, series, shape: 'area' })),
  );
}

export function rocPlot({ name, scores: { roc } }: Model): Markup {
  const frame = { x: unitAxis('False positive rate'), y: unitAxis('True positive rate') };
  const { auc, points } = roc.macro;
  return plot(
    `ROC of ${name}, one class against the rest`,
    frame,
    [diagonal(frame), roc.classes.map((curve) => line(frame, curve.points, 7, true)), line(frame, points, 0)],
    [
      { series: 0, text: auc === null ? 'no class can be told' : `mean of the classes, AUC ${score(auc)}` },
      { series: 7, text: 'each class', shape: 'faint' },
    ],
  );
}

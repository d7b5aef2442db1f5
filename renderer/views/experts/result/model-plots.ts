/** How one model answers, as curves: ROC, reliability, risk and coverage. */
import type { Model } from '../../../../models/report/cost.ts';
import { digits, score } from '../../../../models/report/format.ts';
import { axis, unitAxis, type Point } from '../../../../models/report/plots/frame.ts';
import { scalingOf } from '../../../../models/report/tables/calibration.ts';
import type {
  LossCurve,
  MixtureResult,
  Results,
  UncertaintyKind,
} from '../../../../models/report/results.ts';
import type { CurvePlotData } from '../../../components/plots/curves.ts';

export function rocPlot({ scores: { roc } }: Model, classes: readonly string[]): CurvePlotData {
  const { auc, points } = roc.macro;
  return {
    title: 'ROC, one class against the rest',
    x: unitAxis('False positive rate'),
    y: unitAxis('True positive rate'),
    diagonal: true,
    curves: [
      ...roc.classes.map((curve, i) => ({ name: classes[i]!, series: 7, points: curve.points, faint: true })),
      {
        name: auc === null ? 'no class can be told' : `mean of the classes, AUC ${score(auc)}`,
        series: 0,
        points,
      },
    ],
    note: 'Behind it, each class.',
  };
}

export function reliabilityPlot({ scores: { calibration } }: Model): CurvePlotData {
  const versions = [
    { name: 'as trained', scores: calibration.plain },
    ...(calibration.scaled ? [{ name: 'temperature scaled', scores: calibration.scaled.scores }] : []),
  ];
  return {
    title: 'Reliability',
    x: unitAxis('Top probability'),
    y: unitAxis('Accuracy'),
    diagonal: true,
    curves: versions.map(({ name, scores }, series) => {
      const bins = scores.bins.filter(({ clips }) => clips > 0);
      const clips = bins.reduce((sum, bin) => sum + bin.clips, 0);
      return {
        name: `${name}, ECE ${score(scores.ece)}, NLL ${score(scores.nll)}`,
        series,
        points: bins.map((bin): Point => [bin.confidence!, bin.accuracy!]),
        marks: bins.map((bin) => 1.5 + 9 * Math.sqrt(bin.clips / clips)),
      };
    }),
    note: ['A mark’s area is its bin’s share of the clips. On the dashed line a probability means what it says.', scalingOf(calibration) ?? ''].join(' ').trim(), // prettier-ignore
  };
}

const uncertainties: Record<UncertaintyKind, string> = {
  'max-softmax': '1 − max-softmax',
  curiosity: 'curiosity',
};

export function riskPlot({ scores: { uncertainty } }: Model): CurvePlotData {
  const risks = uncertainty.flatMap(({ curve }) => curve.map(({ risk }) => risk));
  return {
    title: 'Risk and coverage',
    x: unitAxis('Coverage: share of clips answered'),
    y: axis('Errors among the answered', 0, Math.max(0.01, ...risks)),
    curves: uncertainty.map(({ kind, aurc, curve }, series) => ({
      name: `${uncertainties[kind]}, AURC ${digits(aurc)}`,
      series,
      points: curve.map(({ coverage, risk }): Point => [coverage, risk]),
    })),
    note: 'The lower line leaves out the wrong answers first: it tells errors better.',
  };
}

/** @returns null without losses */
export function lossPlot(losses: readonly LossCurve[]): CurvePlotData | null {
  if (losses.length === 0) return null;
  const values = losses.flatMap(({ training, validation }) => [...training, ...validation]);
  const points = (loss: readonly number[]) => loss.map((value, i): Point => [i + 1, value]);
  return {
    title: 'Loss by epoch',
    x: axis('Epoch', 0, Math.max(...losses.map(({ training }) => training.length))),
    y: axis('Loss', Math.min(0, ...values), Math.max(...values)),
    curves: losses.flatMap(({ fold, training, validation }, i) => [
      { name: i === 0 ? 'training' : `training ${fold}`, series: 0, points: points(training), faint: i > 0 },
      {
        name: i === 0 ? 'validation' : `validation ${fold}`,
        series: 1,
        points: points(validation),
        faint: i > 0,
      },
    ]),
    note:
      losses.length > 1
        ? `Folds ${[...new Set(losses.map(({ fold }) => fold))].join(', ')}, the first in full.`
        : '',
  };
}

/** @param routers the plain one and those of curiosity, in rising alpha */
export function sharesPlot(bank: readonly string[], routers: readonly MixtureResult[]): CurvePlotData {
  const alphas = routers.map(({ alpha }) => alpha ?? 0);
  return {
    title: 'Routing shares against alpha',
    x: axis('Alpha', 0, Math.max(...alphas)),
    y: unitAxis('Share of the routings'),
    curves: bank.map((name, expert) => ({
      name,
      series: expert % 8,
      points: routers.map(({ usage }, i): Point => [alphas[i]!, usage[expert]!]),
      marks: routers.map(() => 3.2),
    })),
    note: 'Alpha 0 is the plain router; curiosity’s larger alphas ask precise experts more often.',
  };
}

/** @returns null where flips were not examined */
export function flipPlot({ flips }: Results): CurvePlotData | null {
  if (!flips) return null;
  const rates = flips.points.map(({ rate }) => rate);
  return {
    title: 'Routing flips against passes',
    x: axis('Passes of Monte-Carlo dropout', 0, Math.max(...flips.points.map(({ passes }) => passes))),
    y: axis('Share of windows that flip', 0, Math.max(0.01, ...rates)),
    curves: [
      {
        name: `alpha ${flips.alpha}`,
        series: 0,
        points: flips.points.map(({ passes, rate }): Point => [passes, rate]),
        marks: rates.map(() => 3.2),
      },
    ],
    note: `A window flips if ${flips.draws} draws do not all choose the same expert.`,
  };
}

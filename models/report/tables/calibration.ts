import { temperatureRange } from '../../evaluation/calibration.ts';
import { calibrationMeasures, detectionMeasures } from '../../evaluation/quality.ts';
import { digits, estimate, list, score } from '../format.ts';
import type { CalibrationResult, CalibrationScores, Estimate, Results } from '../results.ts';
import { emptyCell, plainCell, textCell, type Cell, type Table } from '../table.ts';
import { uncertaintyNames } from '../uncertainty-name.ts';

const scored = (value: number | null) => plainCell(value, score);

/** With its interval, where results have one. */
const estimated = (value: number | null, known: Estimate | null | undefined): Cell =>
  known ? { text: estimate(known), value: known.value, source: null } : scored(value);

type Scaled = NonNullable<CalibrationResult['scaled']>;

/** What temperature scaling does to a model's NLL on clips that it was not fitted to, in a word. */
export function verdictOf({ change }: Scaled): string {
  const nll = change?.nll;
  if (!nll) return '–';
  if (nll.high < 0) return 'helps';
  return nll.low > 0 ? 'harms' : 'not shown to help';
}

/** ECE, Brier, NLL of every model, before and after temperature scaling, and whether that helps. */
export function calibrationTable({ experts, mixtures, protocol }: Results): Table {
  const row = (
    name: string,
    scaling: string,
    scores: CalibrationScores,
    intervals: CalibrationResult['estimates'],
  ): Cell[] => [
    textCell(name),
    textCell(scaling),
    ...calibrationMeasures.map((measure) => estimated(scores[measure], intervals?.[measure])),
  ];
  const models = [...experts, ...mixtures];
  const bins = models[0]?.scores.calibration.plain.bins.length;
  const scaled = models.flatMap(({ scores }) => scores.calibration.scaled ?? []);
  return {
    title: 'Calibration',
    columns: ['Model', 'Temperature', 'ECE', 'Brier', 'NLL, nats', 'Change of NLL', 'Scaling'],
    rows: models.flatMap(({ name, scores: { calibration } }) => {
      const { plain, estimates, scaled: after } = calibration;
      const before = [...row(name, '1 (as trained)', plain, estimates), emptyCell, emptyCell];
      if (after === null) return [before];
      return [
        before,
        [
          ...row(name, temperaturesText(after), after.scores, after.estimates),
          estimated(after.scores.nll - plain.nll, after.change?.nll),
          textCell(verdictOf(after)),
        ],
      ];
    }),
    notes: [
      ...(bins === undefined
        ? []
        : [
            `ECE over ${bins} bins of equal width of the top probability. In brackets: ${100 * protocol.level} % percentile intervals, whole sources drawn; the ECE of a draw tends to lie above that of the clips.`,
          ]),
      'Temperatures are fitted on each fold’s validation clips, never on the clips reported. Scaling helps where its change of NLL lies below 0 with its whole interval; intervals are of each model by itself.',
      ...scalingNotes(scaled),
    ],
  };
}

function temperaturesText({ temperatures }: Scaled): string {
  const values = temperatures.map(({ temperature }) => temperature);
  const seeds = new Set(temperatures.map(({ seed }) => seed)).size;
  if (seeds === 1) return `${list(values.map((one) => one.toFixed(2)))} (by fold)`;
  return `${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)} (by fold and seed)`;
}

/** Whether scaling is worth anything on clips it was not fitted to, in a sentence; null where no temperatures were fitted. */
export function scalingText({ experts, mixtures }: Pick<Results, 'experts' | 'mixtures'>): string | null {
  const scaled = [...experts, ...mixtures].flatMap(({ scores }) => scores.calibration.scaled ?? []);
  const known = scaled.filter(({ change }) => change?.nll);
  if (known.length === 0) return null;
  const helped = known.filter((one) => verdictOf(one) === 'helps').length;
  const harmed = known.filter((one) => verdictOf(one) === 'harms').length;
  const said =
    helped === 0
      ? `Temperature scaling is shown to lower the NLL of none of ${known.length} models on the test folds: it is no gain here`
      : `Temperature scaling lowers the NLL of ${helped} of ${known.length} models on the test folds`;
  return `${said}${harmed > 0 ? `, and raises that of ${harmed}` : ''}.`;
}

/** Of one model, for its plot; null where it has none. */
export function scalingOf({ scaled }: CalibrationResult): string | null {
  const nll = scaled?.change?.nll;
  if (!scaled || !nll) return null;
  const verdict = verdictOf(scaled);
  return `Scaling ${verdict.startsWith('not') ? `is ${verdict}` : verdict}: NLL changes by ${estimate(nll)} on clips it was not fitted to.`;
}

function scalingNotes(scaled: readonly Scaled[]): string[] {
  const temperatures = scaled.flatMap((one) => one.temperatures.map(({ temperature }) => temperature));
  if (temperatures.length === 0) return [];
  const [low, high] = temperatureRange;
  const atEnd = temperatures.filter((one) => one < 1.001 * low || one > high / 1.001).length;
  const count = (verdict: string) => scaled.filter((one) => verdictOf(one) === verdict).length;
  const ends =
    atEnd === 0
      ? ''
      : ` ${atEnd} of ${temperatures.length} temperatures lie at an end of their range (${low} to ${high}): the clips that set them hold no error to learn from, or no right answer.`;
  return [
    `Of ${scaled.length} models scaling helps ${count('helps')}, harms ${count('harms')}, and is not shown to help ${count('not shown to help')}.${ends}`,
  ];
}

const seedsOf = (experts: Results['experts']): number =>
  experts[0]?.scores.accuracy.seeds?.values.length ?? 1;

/** How well each model's uncertainties tell its wrong answers from its right ones. */
export function uncertaintyTable({ experts, mixtures }: Results): Table {
  return {
    title: 'Error detection',
    columns: ['Model', 'Uncertainty', 'Clips', 'Wrong', 'AUROC', 'AURC', 'AUGRC', 'Macro ROC AUC'],
    rows: [...experts, ...mixtures].flatMap(({ name, scores }) =>
      scores.uncertainty.map(({ kind, estimates, histogram, ...areas }, i) => [
        textCell(name),
        textCell(uncertaintyNames[kind]),
        plainCell(scores.clips, digits),
        plainCell(
          histogram.wrong.reduce((sum, clips) => sum + clips, 0),
          digits,
        ),
        ...detectionMeasures.map((measure) => estimated(areas[measure], estimates?.[measure])),
        i === 0 ? scored(scores.roc.macro.auc) : emptyCell,
      ]),
    ),
    notes: [
      ...(seedsOf(experts) > 1
        ? ['Wrong counts the answers of all seeds together, each seed’s to every clip.']
        : []),
      'AUROC: the probability that a wrong answer is more uncertain than a right one; 0.5 is chance. AURC and AUGRC (Traub et al. 2024): lower is better, and a model with fewer errors has less to lose.',
      'Where every answer is right or every one is wrong, no AUROC exists.',
    ],
  };
}

/** A trained cascade as a bank holds it: how it decides, and what it and its stages are worth. */
import { decisionWords } from '../../../models/report/cascade-words.ts';
import type { LatentRouter } from '../../../models/bank/build.ts';
import type { AgainstStage, ChosenCascade } from '../../../models/report/results.ts';
import { thresholdsFor } from '../../../models/router/cascade.ts';
import { decisionNames, type Decision } from '../../../models/router/router.ts';
import { placesOf, settingOf, sharesOf, type StagedFold } from '../../../models/study/cascade.ts';
import { allBy, answersBy } from '../../../models/study/windows.ts';
import { bankFigures, type BankFigures } from './bank-figures.ts';
import type { CascadeModels } from './train-cascade.ts';

/** How a cascade decides, as a study chose it. */
export interface CascadeSetting {
  readonly decision: Decision;
  /** Of windows: at least one stage further, at least two, … */
  readonly shares: readonly number[];
  /** Against the last stage alone, on the test windows of what chose it. */
  readonly plain: AgainstStage;
}

/** The setting that takes least, of those that a study chose; null where none is a decision's. */
export function cheapestSetting(chosen: readonly ChosenCascade[], stages: number): CascadeSetting | null {
  const [least] = chosenDecisions(chosen, stages).sort(
    (a, b) => a.plain.energyShare.value - b.plain.energyShare.value,
  );
  return least ?? null;
}

/** Those settings that are a decision's: a stage alone and chance are none. */
export const chosenDecisions = (
  chosen: readonly ChosenCascade[],
  stages: number,
): (CascadeSetting & { readonly words: string })[] =>
  chosen.flatMap(({ decision: words, setting, plain }) => {
    const decision = decisionNames.find((one) => decisionWords[one] === words);
    const shares = sharesOf(stages).find((one) => settingOf(one) === setting);
    return decision && shares ? [{ decision, shares, plain, words }] : [];
  });

/** @throws RangeError where nothing was trained for the decision */
export function decidingBy(
  { deciding, answers }: Pick<CascadeModels, 'deciding' | 'answers'>,
  { decision, shares }: Pick<CascadeSetting, 'decision' | 'shares'>,
): LatentRouter {
  const latent = deciding.get(decision);
  if (!latent) throw new RangeError(`The cascade has nothing that decides by ${decision}`);
  const thresholds = thresholdsFor(answers.held.scores.get(decision)!, shares);
  return { ...latent, cascade: { decision, thresholds } };
}

/** @param all every fold's, of one seed; the bank holds those of `shown` */
export const stageFigures = (stage: number, shown: StagedFold, all: readonly StagedFold[]): BankFigures =>
  bankFigures(({ test }) => answersBy(test, allBy(test, stage)), shown, all, shown.test.classes);

/** The same of the whole cascade. */
export const cascadeFigures = (
  { decision, shares }: CascadeSetting,
  shown: StagedFold,
  all: readonly StagedFold[],
): BankFigures =>
  bankFigures(
    (fold) => answersBy(fold.test, placesOf(fold, decision, shares, 'test')),
    shown,
    all,
    shown.test.classes,
  );

/** What a bank's cascade makes of recordings: its stages answer them all, its own thresholds say where each window ends. */
import { patchProbabilities } from '../../../../models/study/answers.ts';
import { decisionWords } from '../../../../models/report/cascade-words.ts';
import type { BootstrapOptions } from '../../../../models/evaluation/bootstrap.ts';
import { scoresOf, sideOf, type HardWindows, type StagedWindows } from '../../../../models/study/cascade.ts';
import { placesBy, summariseTested } from '../../../../models/study/cascade-tested.ts';
import { cascadeBy, stagesAlone } from '../../../../models/study/wholes.ts';
import type { Dataset } from '../../../datasets/dataset.ts';
import { noPrices, pricesOn, type PricedCascades } from '../cascade-results.ts';
import type { BorrowBoard } from '../on-a-board.ts';
import type { BankMembers, TestedCascade } from './bank-members.ts';
import { engineAnswers, type AnswerOptions, type Said } from './engine-answers.ts';

/** What the stages said. */
export interface CascadeAnswers {
  readonly cascade: TestedCascade;
  readonly test: StagedWindows;
  readonly hard: readonly HardWindows[];
}

export const stageNames = ({ stages }: TestedCascade): string[] => stages.map(({ info }) => info.name);

/** @param labelOf the bank's class of a clip's label @throws CurlewError IMAGE_BAD; ABORTED */
export async function cascadeAnswers(
  cascade: TestedCascade,
  dataset: Dataset,
  { classes }: Pick<BankMembers, 'classes'>,
  labelOf: (label: number) => number,
  options: AnswerOptions,
): Promise<CascadeAnswers> {
  const stages = cascade.stages.map(({ images }) => images);
  const { hard, ...plain } = await engineAnswers(dataset, stages, classes.length, options);
  const { network } = cascade;
  const windows = ({ test, logits }: Said): StagedWindows => ({
    clips: test.clips.map((clip) => ({ ...clip, label: labelOf(clip.label) })),
    classes: classes.length,
    experts: logits.map((said) => patchProbabilities(said, classes.length)),
    scores: new Map([[network.cascade.decision, scoresOf(network, test, logits[0]!)]]),
  });
  return {
    cascade,
    test: windows(plain),
    hard: hard.map(({ degradation, ...said }) => ({ degradation, windows: windows(said) })),
  };
}

/** Without a summary where no board told what its stages take. @throws CurlewError those of the board; ABORTED */
export async function cascadeSummary(
  { cascade, test, hard }: CascadeAnswers,
  lent: { board: string; borrowBoard: BorrowBoard; signal: AbortSignal; bootstrap: BootstrapOptions },
): Promise<PricedCascades> {
  const { network, image, stages } = cascade;
  const images = stages.map(({ images: { encoders, experts } }) => ({
    encoder: encoders[0] ?? null,
    expert: experts[0]!,
  }));
  const prices = await pricesOn(lent, images, new Map([[network.cascade.decision, image]]));
  const { bootstrap } = lent;
  const names = stageNames(cascade);
  const by = network.cascade;
  const answering = cascadeBy(
    decisionWords[by.decision],
    by.decision,
    (fold, side) => placesBy(by, sideOf(fold, side)),
    prices,
  );
  return {
    summary: prices && summariseTested({ cascade: by, stages: names, test, hard, prices, bootstrap }),
    limits: prices ? [] : [noPrices],
    wholes: [...stagesAlone(names, prices), answering],
    stages: stages.map(({ info, images: { encoders } }) => ({
      ...{ name: info.name, bits: info.bits },
      encoder: encoders.length > 0,
    })),
  };
}

/** Stages at which a board is held against its references, and the rules by which it passes. */

/** In the order in which sound goes through them; the last two are of the whole way. */
export const comparedStages = ['features', 'encoder', 'router', 'expert', 'answer', 'quantization'] as const;
export type ComparedStage = (typeof comparedStages)[number];

/** What two sides computed at a stage, one beside the other; as models/evaluation/stage-error.ts. */
export interface StageFigures {
  largest: number;
  /** Of the element that differs most. */
  at: number;
  relative: number;
  rmse: number;
  mae: number;
  l2: number;
  cosine: number;
}

export interface StageWords {
  title: string;
  /** What is compared there. */
  what: string;
  /** Of its error the figure that is judged. */
  judged: 'relative' | 'largest';
  /** The most of it that passes, unless a person says otherwise; null: it is told and not judged. */
  usual: number | null;
  /** Windows that must keep to it, 0 … 1, unless a person says otherwise. */
  share: number;
}

/**
 * Where an activation lies on the edge of two integers, a sum in another order decides which of them it becomes, and the
 * logits differ by one step of it: in one or two of a hundred windows of a sound board, in most windows of a wrong one.
 * All windows are still held to what an answer may differ by in all, and to the class.
 */
const edgesAllowed = 0.9;

/** From the same log-mel, where a stage says so, the reference's is given to the board. */
export const stageWords: Readonly<Record<ComparedStage, StageWords>> = {
  features: {
    title: 'Features',
    what: 'log-mel of the same sound, board against reference',
    judged: 'relative',
    usual: 1e-3,
    share: 1,
  },
  encoder: {
    title: 'Encoder',
    what: 'embedding from the same log-mel; integers, so equal to the bit',
    judged: 'relative',
    usual: 0,
    share: 1,
  },
  router: {
    title: 'Router',
    what: 'gates, or a cascade’s score, from the same log-mel and with the same draws',
    judged: 'largest',
    usual: 1e-3,
    share: 1,
  },
  expert: {
    title: 'Expert',
    what: 'logits from the same log-mel; one integer’s step apart in a few windows',
    judged: 'relative',
    usual: 1e-3,
    share: edgesAllowed,
  },
  answer: {
    title: 'Answer',
    what: 'logits from the same sound: all of the implementation error',
    judged: 'relative',
    usual: 5e-2,
    share: 1,
  },
  quantization: {
    title: 'Quantization',
    what: 'logits of the quantized reference against the float one: what fewer bits cost',
    judged: 'relative',
    usual: null,
    share: 1,
  },
};

/** What is counted beside the stages: whether both say the same. */
export const comparedChoices = ['class', 'choice', 'heard-class'] as const;
export type ComparedChoice = (typeof comparedChoices)[number];
export const choiceWords: Readonly<Record<ComparedChoice, { title: string; what: string }>> = {
  class: { title: 'Same class', what: 'top class from the same log-mel' },
  choice: { title: 'Same expert', what: 'expert that answered, from the same log-mel' },
  'heard-class': { title: 'Same class heard', what: 'top class from the same sound' },
};

export const comparedChecks = [...comparedStages, ...comparedChoices] as const;
export type ComparedCheck = (typeof comparedChecks)[number];

export const checkWords = (check: ComparedCheck): { title: string; what: string } =>
  check in stageWords ? stageWords[check as ComparedStage] : choiceWords[check as ComparedChoice];

export interface ComparedRule {
  check: ComparedCheck;
  /** Of a stage: the most that passes of the figure it is judged by; null: it is told and not judged. */
  limit: number | null;
  /** Windows that must pass, 0 … 1. */
  share: number;
}

export const usualRules: readonly ComparedRule[] = comparedChecks.map((check) => ({
  check,
  limit: check in stageWords ? stageWords[check as ComparedStage].usual : null,
  share: check in stageWords ? stageWords[check as ComparedStage].share : check === 'heard-class' ? 0 : 1,
}));

/** `open`: so few windows were compared that their share can be told to lie on neither side of what is asked. */
export type ComparedVerdict = 'pass' | 'fail' | 'open' | 'not judged';

export interface CheckResult extends ComparedRule {
  /** Windows that it could be said of. */
  windows: number;
  passed: number;
  /** Interval of that share, 95 %, as models/evaluation/clustered-proportion.ts; null of no window. */
  low: number | null;
  high: number | null;
  verdict: ComparedVerdict;
}

/** @param interval of the share that passed; null of no window */
export function verdictOf(
  { check, limit, share }: ComparedRule,
  windows: number,
  passed: number,
  interval: { low: number; high: number } | null,
): ComparedVerdict {
  const judged = check in stageWords ? limit !== null : share > 0;
  if (!judged || windows === 0 || interval === null) return 'not judged';
  // That all pass no interval can hold: it is decided by those that were compared, and holds for any smaller share.
  if (passed === windows) return 'pass';
  if (share === 1) return 'fail';
  if (interval.low >= share) return 'pass';
  return interval.high < share ? 'fail' : 'open';
}

/** What models say of test clips that were made harder: of each clip its probabilities, packed, since they are many. */
import type { Degradation } from '../augmentation/degrade.ts';
import type { ClipAnswer } from '../evaluation/answers.ts';
import type { Patches } from './answers.ts';

/** The test clips of a fold, made harder in one way. */
export interface HardTest {
  readonly degradation: Degradation;
  readonly test: Patches;
}

export interface HardAnswers {
  readonly name: string;
  /** [clips][classes] */
  readonly probabilities: Float64Array;
  /** [clips]; null without a router's passes */
  readonly curiosities: Float64Array | null;
  /** of a mixture: windows that each expert of the bank answered */
  readonly chosen: readonly number[] | null;
  /** [windows] of a mixture: the expert that answered, or whose share was largest */
  readonly experts: Uint8Array | null;
}

export interface HardOutcome {
  readonly degradation: Degradation;
  readonly clips: Patches['clips'];
  /** What the bank's experts say of every window: [expert][windows · classes] probabilities. */
  readonly windows: readonly Float32Array[];
  /** In the order of the fold's experts and then its mixtures. */
  readonly models: readonly HardAnswers[];
}

interface Answered {
  readonly name: string;
  readonly answers: readonly ClipAnswer[];
  readonly chosen?: readonly number[] | null;
  readonly experts?: Uint8Array | null;
}

export const packedAll = (
  { degradation, test }: HardTest,
  windows: readonly Float32Array[],
  models: readonly Answered[],
): HardOutcome => ({ degradation, clips: test.clips, windows, models: models.map((one) => packed(one)) });

export const packed = ({ name, answers, chosen = null, experts = null }: Answered): HardAnswers => ({
  name,
  probabilities: Float64Array.from(answers.flatMap(({ probabilities }) => Array.from(probabilities))),
  curiosities: answers.some(({ curiosity }) => curiosity === null)
    ? null
    : Float64Array.from(answers, ({ curiosity }) => curiosity!),
  chosen,
  experts,
});

/** @param model its place among the models */
export function unpacked({ clips, models }: HardOutcome, model: number): ClipAnswer[] {
  const { probabilities, curiosities } = models[model]!;
  const classes = probabilities.length / clips.length;
  return clips.map(({ name, source, fold, label }, i) => ({
    clip: name,
    source,
    fold,
    truth: label,
    probabilities: probabilities.subarray(i * classes, (i + 1) * classes),
    curiosity: curiosities?.[i] ?? null,
  }));
}

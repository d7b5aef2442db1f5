/** From patches to answers: what an expert, or a mixture, says of each clip. */
import type { ClipAnswer } from '../evaluation/answers.ts';
import { meanProbabilities, softmax } from '../evaluation/probability.ts';
import { passesOf, routeOf, type Choice, type Route } from '../router/route.ts';
import type { Routing, UnboundRouter } from '../router/router.ts';

export interface HeardClip {
  readonly name: string;
  readonly source: string;
  readonly fold: number;
  readonly label: number;
  /** Windows of it. */
  readonly patches: number;
}

/** Clips of one fold with their patches one after the other. */
export interface Patches {
  readonly clips: readonly HeardClip[];
  /** [patches of all clips][size], row-major */
  readonly embeddings: Float32Array;
  readonly size: number;
}

/**
 * A clip's probabilities are the mean of its patches'.
 * @param logits [patches of all clips][classes]
 */
export function clipAnswers(
  { clips }: Pick<Patches, 'clips'>,
  logits: Float32Array,
  classes: number,
  curiosities: ArrayLike<number> | null = null,
): ClipAnswer[] {
  let from = 0;
  return clips.map(({ name, source, fold, label, patches }) => {
    const to = from + patches;
    const probabilities = meanProbabilities(logits.subarray(from * classes, to * classes), classes);
    let curiosity = 0;
    for (let patch = from; patch < to; patch++) curiosity += (curiosities?.[patch] ?? 0) / patches;
    from = to;
    return {
      clip: name,
      source,
      fold,
      truth: label,
      probabilities,
      curiosity: curiosities ? curiosity : null,
    };
  });
}

/** What a model says of every patch, in the order of clips. */
export interface PatchAnswers {
  /** [patches][classes] */
  readonly probabilities: Float32Array;
  /** [patches]; null without a router's passes */
  readonly curiosities: Float32Array | null;
  /** [patches]: the expert of the bank, or the stage, that answered, or whose share was largest; null where the model is one expert */
  readonly experts: Uint8Array | null;
}

/** @param logits [patches][classes] @param choices of a mixture */
export function patchAnswers(
  logits: Float32Array,
  classes: number,
  curiosities: readonly number[] | null = null,
  choices: readonly Choice[] | null = null,
): PatchAnswers {
  return {
    probabilities: patchProbabilities(logits, classes),
    curiosities: curiosities && Float32Array.from(curiosities),
    experts: choices && Uint8Array.from(choices, largestOf),
  };
}

/** @param logits [patches][classes] */
export function patchProbabilities(logits: Float32Array, classes: number): Float32Array {
  const probabilities = new Float32Array(logits.length);
  for (let at = 0; at < logits.length; at += classes)
    probabilities.set(softmax(logits.subarray(at, at + classes)), at);
  return probabilities;
}

const largestOf = (choice: Choice): number =>
  choice.reduce((largest, one) => (one.share > largest.share ? one : largest)).expert;

/**
 * Routes every patch, each as an inference of its own: ids count from `firstInference` as a board counts.
 */
export function routePatches(
  router: UnboundRouter,
  patches: Pick<Patches, 'embeddings' | 'size'>,
  routing: Routing,
  firstInference = 1,
): Route[] {
  return drawnPasses(router, patches, routing, firstInference).map((passes) =>
    routeOf(passes, router.prior, routing),
  );
}

/** Every patch's passes, which take the time: whatever alpha then makes of them, they are the same. */
export function drawnPasses(
  router: UnboundRouter,
  { embeddings, size }: Pick<Patches, 'embeddings' | 'size'>,
  routing: Routing,
  firstInference = 1,
): Float32Array[][] {
  return Array.from({ length: embeddings.length / size }, (_, patch) =>
    passesOf(router, embeddings.subarray(patch * size, (patch + 1) * size), firstInference + patch, routing),
  );
}

/**
 * What a mixture says of every patch: the logits of the experts that answer, by their shares.
 * @param choices of every patch
 * @param logits [expert][patches · classes]
 * @returns [patches][classes]
 */
export function mixtureLogits(
  choices: readonly Choice[],
  logits: readonly Float32Array[],
  classes: number,
): Float32Array {
  const mixed = new Float32Array(choices.length * classes);
  choices.forEach((choice, patch) => {
    for (const { expert, share } of choice) {
      for (let c = patch * classes; c < (patch + 1) * classes; c++)
        mixed[c]! += Math.fround(share * logits[expert]![c]!);
    }
  });
  return mixed;
}

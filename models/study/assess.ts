/** One fold of a study: what experts that were trained without it, and mixtures of them, say of its clips. */
import type { ClipAnswer } from '../evaluation/answers.ts';
import { fitTemperature, logProbabilities } from '../evaluation/calibration.ts';
import { contributions, flipRate, meanBits } from '../evaluation/routing.ts';
import type { LatentExpert } from '../experts/expert.ts';
import { quantizeExpert } from '../experts/quantize.ts';
import { alwaysExpert, randomAtEqualBits } from '../router/controls.ts';
import { answering, type Choice } from '../router/route.ts';
import type { UnboundRouter } from '../router/router.ts';
import { expertLogits } from '../training/logits.ts';
import {
  clipAnswers,
  mixtureLogits,
  patchAnswers,
  routePatches,
  type PatchAnswers,
  type Patches,
} from './answers.ts';
import { kindOf } from './kinds.ts';

export interface FoldInput {
  readonly fold: number;
  readonly classes: number;
  readonly experts: readonly { readonly kind: string; readonly latent: LatentExpert }[];
  /** Kinds that the router picks from, in its order. */
  readonly bank: readonly string[];
  /** null: there are no mixtures */
  readonly router: UnboundRouter | null;
  /** of the mixtures with curiosity; the first one is what random routing is held against */
  readonly alphas: readonly number[];
  readonly test: Patches;
  /** clips of the training folds that no weight was fitted to: temperatures are */
  readonly validation: Patches;
  readonly flips: { readonly passes: readonly number[]; readonly draws: number };
  readonly seed: number;
}

export interface ModelAnswers {
  readonly name: string;
  readonly answers: readonly ClipAnswer[];
  /** Of the same clips, patch by patch. */
  readonly patches: PatchAnswers;
  /** fitted to the validation clips */
  readonly temperature: number;
}

export type MixtureVariant =
  | { readonly kind: 'plain' | 'random' }
  | { readonly kind: 'curiosity'; readonly alpha: number }
  | { readonly kind: 'always'; readonly expert: string };

export interface MixtureAnswers extends ModelAnswers {
  readonly variant: MixtureVariant;
  readonly passes: number;
  /** patches that each expert of the bank answered; of one that several answered together each has its share */
  readonly chosen: readonly number[];
}

export interface FoldOutcome {
  readonly fold: number;
  /** Patches of each clip. */
  readonly patches: readonly number[];
  readonly experts: readonly (ModelAnswers & { readonly kind: string })[];
  readonly mixtures: readonly MixtureAnswers[];
  /** share of patches whose expert is not the same in all draws, by passes */
  readonly flips: readonly { readonly passes: number; readonly rate: number; readonly patches: number }[];
}

export async function assessFold(input: FoldInput): Promise<FoldOutcome> {
  const { fold, classes, test, validation } = input;
  const logits = new Map<string, { test: Float32Array; validation: Float32Array }>();
  for (const { kind, latent } of input.experts) {
    const expert = quantizeExpert(latent, kindOf(kind).precision);
    logits.set(kind, {
      test: await expertLogits(expert, test),
      validation: await expertLogits(expert, validation),
    });
  }
  const answered: Answered = (name, onTest, onValidation) => ({
    name,
    ...onTest,
    temperature: temperatureOf(onValidation),
  });
  const experts = input.experts.map(({ kind }) => {
    const mine = logits.get(kind)!;
    return {
      kind,
      ...answered(
        kindOf(kind).name,
        { answers: clipAnswers(test, mine.test, classes), patches: patchAnswers(mine.test, classes) },
        clipAnswers(validation, mine.validation, classes),
      ),
    };
  });
  const sides = (['test', 'validation'] as const).map((side) => ({
    patches: input[side],
    logits: input.bank.map((kind) => logits.get(kind)![side]),
  }));
  const { router } = input;
  const patches = test.clips.map((clip) => clip.patches);
  if (router === null) return { fold, patches, experts, mixtures: [], flips: [] };
  const mixtures = mixturesOf({ ...input, router }, sides, answered);
  return { fold, patches, experts, mixtures, flips: flipsOf({ ...input, router }) };
}

type Mixed = FoldInput & { readonly router: UnboundRouter };

interface Side {
  readonly patches: Patches;
  /** [expert of the bank][patches · classes] */
  readonly logits: readonly Float32Array[];
}

type Answered = (
  name: string,
  onTest: Pick<ModelAnswers, 'answers' | 'patches'>,
  onValidation: readonly ClipAnswer[],
) => ModelAnswers;

function mixturesOf(
  { router, alphas, bank, classes, seed }: Mixed,
  sides: readonly Side[],
  answered: Answered,
): MixtureAnswers[] {
  const experts = bank.length;
  const { topK } = router.routing;
  const answeredBy = (
    { patches, logits }: Side,
    choices: readonly Choice[],
    curiosities: readonly number[] | null = null,
  ) => {
    const mixed = mixtureLogits(choices, logits, classes);
    return {
      choices,
      answers: clipAnswers(patches, mixed, classes, curiosities),
      patches: patchAnswers(mixed, classes, curiosities, choices),
    };
  };
  const routed = (alpha: number, passes: number) =>
    sides.map((side) => {
      const routes = routePatches(router, side.patches, { ...router.routing, alpha, passes });
      const choices = routes.map((one) => answering(one, topK));
      // without passes there is nothing that could disagree
      return answeredBy(side, choices, passes > 0 ? routes.map(({ curiosity }) => curiosity) : null);
    });
  const mixture = (
    variant: MixtureVariant,
    passes: number,
    name: string,
    [onTest, onValidation]: ReturnType<typeof answeredBy>[],
  ): MixtureAnswers => {
    const { choices, ...test } = onTest!;
    return {
      ...answered(name, test, onValidation!.answers),
      variant,
      passes,
      chosen: contributions(choices, experts),
    };
  };

  const { passes } = router.routing;
  const plain = mixture({ kind: 'plain' }, 0, 'Plain router', routed(0, 0));
  const curious = alphas.map((alpha) => ({ alpha, sidesRouted: routed(alpha, passes) }));
  const random = sides.map((side, i) =>
    answeredBy(side, randomAtEqualBits(curious[0]!.sidesRouted[i]!.choices, seed)),
  );
  return [
    plain,
    ...curious.map(({ alpha, sidesRouted }) =>
      mixture({ kind: 'curiosity', alpha }, passes, `Curiosity, α = ${alpha}`, sidesRouted),
    ),
    mixture({ kind: 'random' }, 0, 'Random, equal mean bits', random),
    ...bank.map((kind, expert) => {
      const always = sides.map((side) =>
        answeredBy(side, alwaysExpert(expert, side.logits[0]!.length / classes)),
      );
      return mixture({ kind: 'always', expert: kind }, 0, `Always ${kindOf(kind).name}`, always);
    }),
  ];
}

function temperatureOf(answers: readonly ClipAnswer[]): number {
  return fitTemperature(
    answers.map(({ probabilities }) => logProbabilities(probabilities)),
    answers.map(({ truth }) => truth),
  );
}

/** Repeated draws are inferences with other ids: other dropout masks. */
function flipsOf({ router, test, flips, alphas }: Mixed): FoldOutcome['flips'] {
  return flips.passes.map((passes) => {
    const routing = { ...router.routing, alpha: alphas[0]!, passes };
    const patches = test.embeddings.length / test.size;
    const draws = Array.from({ length: flips.draws }, (_, draw) =>
      routePatches(router, test, routing, 1 + draw * patches).map(({ ranked }) => ranked[0]!),
    );
    return { passes, rate: flipRate(draws), patches };
  });
}

/** Mean bits of the experts, of which each answered so many patches. */
export function meanBitsOf(chosen: readonly number[], bank: readonly string[]): number {
  const all = chosen.reduce((sum, count) => sum + count, 0);
  return meanBits(
    chosen.map((count) => count / all),
    bank.map((kind) => kindOf(kind).bits),
  );
}

/** One fold of a study: what experts that were trained without it, and mixtures of them, say of its clips. */
import type { Degradation } from '../augmentation/degrade.ts';
import { predictedOf, type ClipAnswer } from '../evaluation/answers.ts';
import { fitTemperature, logProbabilities } from '../evaluation/calibration.ts';
import { contributions, flipRate } from '../evaluation/routing.ts';
import type { LatentExpert } from '../experts/expert.ts';
import { quantizeExpert } from '../experts/quantize.ts';
import { alwaysExpert, randomAtEqualBits } from '../router/controls.ts';
import { answering, routeOf, type Choice } from '../router/route.ts';
import type { UnboundRouter } from '../router/router.ts';
import { expertLogits } from '../training/logits.ts';
import {
  clipAnswers,
  drawnPasses,
  mixtureLogits,
  patchAnswers,
  routePatches,
  type PatchAnswers,
  type Patches,
} from './answers.ts';
import { packedAll, type HardOutcome, type HardTest } from './hard.ts';
import { kindOf } from './kinds.ts';

interface Asked {
  readonly fold: number;
  readonly classes: number;
  /** Kinds that the router picks from, in its order. */
  readonly bank: readonly string[];
  /** null: there are no mixtures */
  readonly router: UnboundRouter | null;
  /** of the mixtures with curiosity; the first one is what random routing is held against */
  readonly alphas: readonly number[];
  readonly test: Patches;
  /** clips of the training folds that no weight was fitted to: temperatures are; null: there are none */
  readonly validation: Patches | null;
  readonly flips: { readonly passes: readonly number[]; readonly draws: number };
  /** of the training, and of what is drawn here */
  readonly seed: number;
  /** How often random routing is dealt; left out: `randomDeals` times. */
  readonly deals?: number;
}

export interface FoldInput extends Asked {
  /** The test clips once more for each way to make them harder. */
  readonly hard: readonly HardTest[];
  readonly experts: readonly { readonly kind: string; readonly latent: LatentExpert }[];
}

/** What experts said, whoever asked them. */
export interface SaidInput extends Asked {
  /** [patches · classes] each */
  readonly experts: readonly {
    readonly kind: string;
    readonly test: Float32Array;
    /** null where there are no validation clips */
    readonly validation: Float32Array | null;
  }[];
}

export interface ModelAnswers {
  readonly name: string;
  readonly answers: readonly ClipAnswer[];
  /** Of the same clips, patch by patch. */
  readonly patches: PatchAnswers;
  /** fitted to the validation clips; null where there are none */
  readonly temperature: number | null;
}

export type MixtureVariant =
  | { readonly kind: 'plain' | 'random' }
  | { readonly kind: 'curiosity'; readonly alpha: number }
  /** (threshold.ts); `first`: the place in the bank of the expert that is asked before any other */
  | { readonly kind: 'threshold'; readonly threshold: number; readonly first: number }
  | { readonly kind: 'always'; readonly expert: string }
  /** (wholes.ts) */
  | { readonly kind: 'whole' | 'cascade'; readonly stages: readonly AnsweringStage[] };

/** A stage that answers windows. */
export interface AnsweringStage {
  readonly name: string;
  /** Of its expert. */
  readonly bits: number;
  /** What ran for such a window, in its order: `features+encoder+router+expert`. */
  readonly ran: string;
}

export interface MixtureAnswers extends ModelAnswers {
  readonly variant: MixtureVariant;
  readonly passes: number;
  /** patches that each expert of the bank, or stage, answered; of one that several answered together each has its share */
  readonly chosen: readonly number[];
  /** of random routing: [deal] the class that each clip is answered with; `answers` are of the first deal */
  readonly deals?: readonly Uint8Array[];
}

/** The mixture of Monte-Carlo passes without curiosity. */
export const passesAlone = 'Monte-Carlo passes, α = 0';

/** One deal is one draw of luck: so many tell what luck is worth. */
export const randomDeals = 100;

export interface FoldOutcome {
  readonly fold: number;
  /** Of the training that answered; all seeds of a fold answered the same clips. */
  readonly seed: number;
  /** Patches of each clip. */
  readonly patches: readonly number[];
  readonly experts: readonly (ModelAnswers & { readonly kind: string })[];
  readonly mixtures: readonly MixtureAnswers[];
  /** share of patches whose expert is not the same in all draws, by passes */
  readonly flips: readonly { readonly passes: number; readonly rate: number; readonly patches: number }[];
  /** What the same models say of harder clips; there may be none. */
  readonly hard: readonly HardOutcome[];
}

/** Lets experts that were trained answer, as their quantized references do. */
export async function assessFold(input: FoldInput): Promise<FoldOutcome> {
  const quantized = input.experts.map(({ kind, latent }) => ({
    kind,
    expert: quantizeExpert(latent, kindOf(kind).precision),
  }));
  const said = async (test: Patches, validation: Patches | null): Promise<SaidInput['experts']> => {
    const experts: SaidInput['experts'][number][] = [];
    for (const { kind, expert } of quantized)
      experts.push({
        kind,
        test: await expertLogits(expert, test),
        validation: validation && (await expertLogits(expert, validation)),
      });
    return experts;
  };
  const hard: HardOutcome[] = [];
  for (const { degradation, test } of input.hard)
    hard.push(assessHard(degradation, { ...input, test, experts: await said(test, null) }));
  const experts = await said(input.test, input.validation);
  return { ...assessSaid({ ...input, experts }), hard };
}

/** Harder clips tell of answers alone. */
const onceEach = { flips: { passes: [], draws: 0 }, deals: 1 };

/** The same of clips that were made harder. @param input `test`: the clips as they were made harder */
export function assessHard(degradation: Degradation, input: SaidInput): HardOutcome {
  const { experts, mixtures } = assessSaid({ ...input, ...onceEach, validation: null });
  const windows = input.bank.map((kind) => experts.find((one) => one.kind === kind)!.patches.probabilities);
  const mixed = mixtures.map((mixture) => ({ ...mixture, experts: mixture.patches.experts }));
  return packedAll({ degradation, test: input.test }, windows, [...experts, ...mixed]);
}

/** The same of answers that are there already: a board's, or the engine's. */
export function assessSaid(input: SaidInput): FoldOutcome {
  const { fold, seed, classes, test, validation, router } = input;
  const answered: Answered = (name, onTest, onValidation) => ({
    name,
    ...onTest,
    temperature: onValidation && temperatureOf(onValidation),
  });
  const experts = input.experts.map(({ kind, test: said, validation: saidOnValidation }) => ({
    kind,
    ...answered(
      kindOf(kind).name,
      { answers: clipAnswers(test, said, classes), patches: patchAnswers(said, classes) },
      validation && saidOnValidation && clipAnswers(validation, saidOnValidation, classes),
    ),
  }));
  const inBank = input.bank.map((kind) => input.experts.find((one) => one.kind === kind)!);
  const onTest = { patches: test, logits: inBank.map((one) => one.test) };
  const onValidation = validation && {
    patches: validation,
    logits: inBank.flatMap((one) => one.validation ?? []),
  };
  const patches = test.clips.map((clip) => clip.patches);
  if (router === null) return { fold, seed, patches, experts, mixtures: [], flips: [], hard: [] };
  const mixtures = mixturesOf({ ...input, router }, onTest, onValidation, answered);
  return { fold, seed, patches, experts, mixtures, flips: flipsOf({ ...input, router }), hard: [] };
}

type Mixed = Asked & { readonly router: UnboundRouter };

interface Side {
  readonly patches: Patches;
  /** [expert of the bank][patches · classes] */
  readonly logits: readonly Float32Array[];
}

type Answered = (
  name: string,
  onTest: Pick<ModelAnswers, 'answers' | 'patches'>,
  onValidation: readonly ClipAnswer[] | null,
) => ModelAnswers;

function mixturesOf(
  { router, alphas, bank, classes, seed, deals = randomDeals }: Mixed,
  onTest: Side,
  onValidation: Side | null,
  answered: Answered,
): MixtureAnswers[] {
  const experts = bank.length;
  const { topK } = router.routing;
  type Pick = (side: Side) => { choices: readonly Choice[]; curiosities: readonly number[] | null };
  const answers = ({ patches, logits }: Side, { choices, curiosities }: ReturnType<Pick>) => {
    const mixed = mixtureLogits(choices, logits, classes);
    return {
      answers: clipAnswers(patches, mixed, classes, curiosities),
      patches: patchAnswers(mixed, classes, curiosities, choices),
    };
  };
  const mixture = (variant: MixtureVariant, passes: number, name: string, pick: Pick): MixtureAnswers => {
    const picked = pick(onTest);
    return {
      ...answered(
        name,
        answers(onTest, picked),
        onValidation && answers(onValidation, pick(onValidation)).answers,
      ),
      variant,
      passes,
      chosen: contributions(picked.choices, experts),
    };
  };
  const drawn = (passes: number) =>
    remembered(({ patches }: Side) => drawnPasses(router, patches, { ...router.routing, passes }));
  const routed =
    (alpha: number, of: ReturnType<typeof drawn>, disagree: boolean): Pick =>
    (side) => {
      const routes = of(side).map((one) => routeOf(one, router.prior, { ...router.routing, alpha }));
      return {
        choices: routes.map((one) => answering(one, topK)),
        // without passes there is nothing that could disagree
        curiosities: disagree ? routes.map(({ curiosity }) => curiosity) : null,
      };
    };
  const unasked =
    (choose: (side: Side) => readonly Choice[]): Pick =>
    (side) => ({ choices: choose(side), curiosities: null });

  const { passes } = router.routing;
  const several = drawn(passes);
  const curious = (alpha: number) => routed(alpha, several, passes > 0);
  const first = remembered(curious(alphas[0]!));
  const dealt = (deal: number) =>
    unasked((side) => randomAtEqualBits(first(side).choices, (seed + deal) >>> 0));
  return [
    mixture({ kind: 'plain' }, 0, 'Plain router', routed(0, drawn(0), false)),
    ...alphas.map((alpha, i) =>
      mixture(
        { kind: 'curiosity', alpha },
        passes,
        `Curiosity, α = ${alpha}`,
        i === 0 ? first : curious(alpha),
      ),
    ),
    // the passes by themselves: curiosity is told, the choice is that of the mean gates
    ...(passes === 0 || alphas.includes(0)
      ? []
      : [mixture({ kind: 'curiosity', alpha: 0 }, passes, passesAlone, curious(0))]),
    {
      ...mixture({ kind: 'random' }, 0, 'Random, equal mean bits', dealt(0)),
      deals: Array.from({ length: deals }, (_, deal) =>
        Uint8Array.from(answers(onTest, dealt(deal)(onTest)).answers, predictedOf),
      ),
    },
    ...bank.map((kind, expert) =>
      mixture(
        { kind: 'always', expert: kind },
        0,
        `Always ${kindOf(kind).name}`,
        unasked(({ logits }) => alwaysExpert(expert, logits[0]!.length / classes)),
      ),
    ),
  ];
}

/** Routing takes passes: the same side is not routed twice. */
function remembered<K extends object, V>(of: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const found = of(key);
    known.set(key, found);
    return found;
  };
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

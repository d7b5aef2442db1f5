/**
 * Trains one fold's cascade, stage by stage on each one's own embeddings, and everything that can decide of it; tells what all
 * of it says of windows that nothing was fitted to, and of the fold that was left out.
 */
import { CurlewError } from '../../main/contract/error.ts';
import type { LatentRouter } from '../bank/build.ts';
import type { Expert, LatentExpert } from '../experts/expert.ts';
import { quantizeExpert } from '../experts/quantize.ts';
import { decisionNames, type Cascade, type Decision } from '../router/router.ts';
import { complete } from '../training/course.ts';
import { crossFitOf, heldOutLogits } from '../training/cross-fit.ts';
import type { TrainingData } from '../training/data.ts';
import { expertLogits } from '../training/logits.ts';
import { splitOf } from '../training/split.ts';
import { firstDeciding, gateData, trainGate } from '../training/train-gate.ts';
import { trainRouter, type RouterOptions } from '../training/train-router.ts';
import { expertCourse, type TrainingOptions } from '../training/train.ts';
import { patchProbabilities, type Patches } from './answers.ts';
import type { HardTest } from './hard.ts';
import { scoresOf, type HardWindows, type StagedFold, type StagedWindows } from './cascade.ts';

/** The same clips, and samples, in the same order in every stage. */
export interface StageData {
  readonly name: string;
  readonly training: TrainingData;
  /** Of the training folds, that no weight was fitted to. */
  readonly validation: Patches;
  readonly test: Patches;
  /** The test's clips made harder; the same ways in every stage. */
  readonly hard: readonly HardTest[];
}

export interface CascadeTraining {
  readonly fold: number;
  /** In the order of their cost. */
  readonly stages: readonly StageData[];
  readonly options: Omit<TrainingOptions, 'name'>;
  /** Of the router whose curiosity decides. */
  readonly router: Omit<RouterOptions, 'name' | 'version' | 'seed' | 'topK' | 'alpha'>;
}

export interface TrainedCascade {
  readonly answers: StagedFold;
  readonly experts: readonly LatentExpert[];
  /** What decides, by its decision; without a gate where the first expert is always enough, or never. */
  readonly deciding: ReadonlyMap<Decision, Omit<LatentRouter, 'cascade'>>;
}

/** @throws CurlewError TRAINING_FAILED where the stages are not of the same samples, or cannot be learned from */
export async function trainCascade(asked: CascadeTraining): Promise<TrainedCascade> {
  const { fold, stages, options } = asked;
  const [first] = stages;
  for (const stage of stages) requireSame(first!, stage);
  const { training } = first!;
  const split = splitOf(training, options);
  const cross = crossFitOf(training, split, options.seed);

  const experts: LatentExpert[] = [];
  const quantized: Expert[] = [];
  const said: Float32Array[] = [];
  for (const { name, training: data } of stages) {
    const trained = async (without: number | null) =>
      (await complete(await expertCourse(data, { ...options, name }, null, without))).expert;
    const expert = await trained(null);
    const parts: Expert[][] = [];
    for (let part = 0; part < cross.parts; part++)
      parts.push([quantizeExpert(await trained(part), options.precision)]);
    experts.push(expert);
    quantized.push(quantizeExpert(expert, options.precision));
    said.push(...(await heldOutLogits(data, split, cross, [quantized.at(-1)!], parts)));
  }
  const deciding = await decidingOf(asked, quantized, said);
  const heard = (of: (stage: StageData) => Patches) => stagedWindows(stages.map(of), quantized, deciding);
  const hard: HardWindows[] = [];
  for (const [way, { degradation }] of first!.hard.entries())
    hard.push({ degradation, windows: await heard((stage) => stage.hard[way]!.test) });
  const held = await heard(({ validation }) => validation);
  const test = await heard((stage) => stage.test);
  return {
    answers: { fold, seed: options.seed, held, test, hard },
    ...{ experts, deciding },
  };
}

async function decidingOf(
  { stages, options, router: asked }: CascadeTraining,
  experts: readonly Expert[],
  held: readonly Float32Array[],
): Promise<Map<Decision, Omit<LatentRouter, 'cascade'>>> {
  const { version, seed } = options;
  const names = stages.map(({ name }) => name);
  const { training } = stages[0]!;
  const plain = firstDeciding('cascade', version, names, training.size);
  const named = { ...{ name: 'curiosity', version, seed }, ...{ topK: 1, alpha: 0 } };
  const curious = await trainRouter(training, { experts, logits: held }, { ...asked, ...named });
  const deciding = new Map<Decision, Omit<LatentRouter, 'cascade'>>([
    ['top-probability', plain],
    ['entropy', plain],
    ['curiosity', { ...curious, precision: asked.precision }],
  ]);
  if (new Set(gateData(training, held).labels).size < 2) return deciding;
  const ofGate = { ...options, name: 'gate', hidden: asked.hidden, precision: asked.precision };
  return deciding.set('gate', (await trainGate(training, held, names, ofGate)).gate);
}

async function stagedWindows(
  ofStages: readonly Patches[],
  experts: readonly Expert[],
  deciding: ReadonlyMap<Decision, Omit<LatentRouter, 'cascade'>>,
): Promise<StagedWindows> {
  const logits: Float32Array[] = [];
  for (const [i, patches] of ofStages.entries()) logits.push(await expertLogits(experts[i]!, patches));
  const heard = ofStages[0]!;
  const classes = experts[0]!.labels.length;
  const scores = new Map<Decision, Float32Array>();
  for (const decision of decisionNames) {
    const latent = deciding.get(decision);
    if (latent) scores.set(decision, scoresOf(routerOf(decision, latent), heard, logits[0]!));
  }
  return {
    ...{ clips: heard.clips, classes, scores },
    experts: logits.map((said) => patchProbabilities(said, classes)),
  };
}

/** With thresholds that nothing is asked of yet. */
function routerOf(decision: Decision, latent: Omit<LatentRouter, 'cascade'>) {
  const { expert, precision, prior, routing } = latent;
  const cascade: Cascade = { decision, thresholds: new Float32Array(prior.length - 1).fill(1) };
  return { ...quantizeExpert(expert, precision), prior, routing, cascade };
}

function requireSame(first: StageData, other: StageData): void {
  const told = ({ training, validation, test, hard }: StageData) =>
    JSON.stringify([
      [...training.labels],
      [training.groups, training.classes, training.heard ?? []],
      [validation.clips, test.clips, hard.map((one) => [one.degradation, one.test.clips])],
    ]);
  if (first === other || told(first) === told(other)) return;
  throw new CurlewError(
    'TRAINING_FAILED',
    `The stages “${first.name}” and “${other.name}” were not made of the same clips in the same order.`,
  );
}

/** One window held against the references, stage by stage. */
import { argmax } from '../../../models/evaluation/probability.ts';
import { stageError, type StageError } from '../../../models/evaluation/stage-error.ts';
import { frontEnd, patchHopSamples } from '../../../models/features/log-mel.ts';
import { answerersOf, mixed } from '../../../models/reference/answerers.ts';
import type { InferenceResult } from '../../../devices/protocol/messages/inference-run.ts';
import { placeIn, type BoardAnswer } from './board-answers.ts';
import type { ComparedWindow } from './contract/rows.ts';
import { comparedStages, stageWords, type ComparedRule, type ComparedStage } from './contract/stages.ts';
import type { BothHeard, Referred, Routed } from './reference-desk.ts';

/** A model as its references are asked. */
export interface ContestedModel {
  readonly id: string;
  /** Of its experts, in its order. */
  readonly expertIds: readonly string[];
  /** Their encoders’ ids; null: the log-mel’s statistics, which are no integers. */
  readonly encoders: readonly (string | null)[];
  /** Null of a single expert. */
  readonly router: {
    readonly topK: number;
    readonly cascade: boolean;
    /** Place of the first expert that hears as the router does. */
    readonly listener: number;
  } | null;
}

/** What the references say of a clip: of each expert that answered, and of the router. */
export interface ClipReferences {
  /** By place. */
  readonly experts: ReadonlyMap<number, Referred>;
  /** Of each window, with the draws of the answer to the sound, and of that to the log-mel. */
  readonly heard: readonly Routed[] | null;
  readonly same: readonly Routed[] | null;
}

const patchSize = frontEnd.patchFrames * frontEnd.melBands;

/** A window’s part of all windows’ numbers. */
const row = (values: Float32Array, window: number, windows: number): Float32Array => {
  const size = values.length / windows;
  return values.subarray(window * size, (window + 1) * size);
};

export const listenerOf = ({ router }: ContestedModel): number => router?.listener ?? 0;

export const logMelOf = ({ logMel }: Referred, window: number): Float32Array =>
  logMel.slice(window * patchSize, (window + 1) * patchSize);

/** What a router hears of a window by both references. */
export function heardOf(referred: Referred, window: number, inferenceId: number): BothHeard {
  const side = ({ embedding, logits }: Referred['float']) => ({
    embedding: row(embedding, window, referred.windows),
    firstLogits: row(logits, window, referred.windows),
  });
  return { quantized: side(referred.quantized), float: side(referred.float), inferenceId };
}

/** Places of the experts that had a part in a board’s answers. */
export function placesOf(
  model: ContestedModel,
  slots: readonly number[],
  answers: readonly BoardAnswer[],
): Set<number> {
  const places = new Set<number>([listenerOf(model)]);
  for (const { heard, same } of answers)
    for (const answer of same ? [heard, same] : [heard])
      for (const { place } of whoAnswered(model, slots, answer)) places.add(place);
  return places;
}

function whoAnswered({ router }: ContestedModel, slots: readonly number[], answer: InferenceResult) {
  const place = placeIn(slots, answer);
  return answerersOf({ place, gate: answer.gate }, { routed: router !== null, topK: router?.topK ?? 1 })!;
}

export interface Place {
  readonly board: number;
  readonly model: number;
  readonly clip: number;
  readonly window: number;
  readonly ordinal: number;
}

/** @throws CurlewError BOARD_BAD_REPLY; RangeError where sides are of different sizes */
export function compareWindow(
  model: ContestedModel,
  slots: readonly number[],
  answer: BoardAnswer,
  references: ClipReferences,
  rules: readonly ComparedRule[],
  at: Place,
): ComparedWindow {
  const { window } = at;
  const { heard, same } = answer;
  const logitsBy = (told: InferenceResult, kind: 'quantized' | 'float'): Float32Array =>
    mixed(
      whoAnswered(model, slots, told).map(({ place, weight }) => {
        const referred = references.experts.get(place)!;
        return { logits: row(referred[kind].logits, window, referred.windows), weight };
      }),
    );
  const [quantized, float] = [logitsBy(heard, 'quantized'), logitsBy(heard, 'float')];
  const listening = references.experts.get(listenerOf(model))!;
  const route = references.heard?.[window] ?? null;
  const board = placeIn(slots, heard);
  const ofSame = same && stagesFromLogMel(model, slots, { ...answer, same }, references, window, logitsBy);
  const errors: ComparedWindow['errors'] = {
    features: answer.logMel && stageError(answer.logMel, logMelOf(listening, window)),
    ...(ofSame?.errors ?? { encoder: null, router: null, expert: null }),
    answer: stageError(heard.logits, quantized),
    quantization: stageError(quantized, float),
  };
  return {
    ...at,
    startS: (window * patchHopSamples) / frontEnd.sampleRate,
    inferenceId: heard.inferenceId,
    sequence: heard.sequence,
    places: {
      board,
      quantized: route?.quantized.choice ?? board,
      float: route?.float.choice ?? board,
    },
    curiosity: {
      board: heard.curiosity,
      quantized: route?.quantized.curiosity ?? 0,
      float: route?.float.curiosity ?? 0,
    },
    score: { board: heard.score, quantized: route?.quantized.score ?? 0, float: route?.float.score ?? 0 },
    logits: { board: [...heard.logits], quantized: [...quantized], float: [...float] },
    stagesRan: heard.stages,
    latencyUs: heard.latencyUs,
    latencySource: heard.latencySource,
    energyNanojoule: heard.energyNanojoule,
    energySource: heard.energySource,
    errors,
    sameHeard: argmax(heard.logits) === argmax(quantized),
    sameClass: ofSame?.sameClass ?? null,
    sameChoice: ofSame?.sameChoice ?? null,
    firstOff: firstOff(errors, rules),
  };
}

function stagesFromLogMel(
  model: ContestedModel,
  slots: readonly number[],
  { same, embedding }: BoardAnswer & { same: InferenceResult },
  references: ClipReferences,
  window: number,
  logitsBy: (told: InferenceResult, kind: 'quantized') => Float32Array,
) {
  const [first] = whoAnswered(model, slots, same);
  const answering = references.experts.get(first!.place)!;
  const logits = logitsBy(same, 'quantized');
  const route = references.same?.[window] ?? null;
  const gate: StageError | null =
    route === null
      ? null
      : model.router!.cascade
        ? stageError([same.score], [route.quantized.score])
        : stageError(same.gate, route.quantized.gate);
  return {
    errors: {
      // What a board keeps of it is of the encoder that ran last: of who answered.
      encoder:
        embedding && model.encoders[first!.place] !== null
          ? stageError(embedding, row(answering.quantized.embedding, window, answering.windows))
          : null,
      router: gate,
      expert: stageError(same.logits, logits),
    },
    sameClass: argmax(same.logits) === argmax(logits),
    sameChoice: route && route.quantized.choice === placeIn(slots, same),
  };
}

/** The first stage whose error is more than its rule allows; what is not judged is off nowhere. */
function firstOff(errors: ComparedWindow['errors'], rules: readonly ComparedRule[]): ComparedStage | null {
  for (const stage of comparedStages) {
    const limit = rules.find(({ check }) => check === stage)?.limit ?? null;
    const error = errors[stage];
    // Not `>`: NaN is off.
    if (limit !== null && error && !(error[stageWords[stage].judged] <= limit)) return stage;
  }
  return null;
}

/** A study's experts and mixtures on a board: what each inference costs, and how near it comes to its reference. */
import type { InferenceResult } from '../../../devices/protocol/messages/inference-run.ts';
import { buildExpert, buildRouter, type BuiltExpert } from '../../../models/bank/build.ts';
import type { Routing } from '../../../models/router/router.ts';
import { agreement } from '../../../models/evaluation/agreement.ts';
import { patchHopSamples, patchSamples } from '../../../models/features/log-mel.ts';
import { sha256 } from '../../../models/packing/sha256.ts';
import type { AgreementSummary, Cost } from '../../../models/report/results.ts';
import { passesAlone } from '../../../models/study/assess.ts';
import { kindOf } from '../../../models/study/kinds.ts';
import type { JobContext } from '../definition.ts';
import { readAudio } from '../../datasets/audio.ts';
import type { EmbeddedClip } from '../../datasets/dataset.ts';
import { isLogMelName } from '../../datasets/log-mel-clip.ts';
import { costOf, type Trial, type Trials } from './on-board.ts';
import type { FoldModels } from './train-fold.ts';
import type { StudyThread } from './study-thread.ts';

export interface ModelCosts {
  /** By kind. */
  readonly experts: ReadonlyMap<
    string,
    { cost: Cost | null; agreement: AgreementSummary; imageBytes: number }
  >;
  /** By the mixture's name. */
  readonly mixtures: ReadonlyMap<string, Cost>;
}

/** What is tried on a board. */
export interface BoardModels {
  readonly encoder: Uint8Array | null;
  /** By kind. */
  readonly experts: ReadonlyMap<string, BuiltExpert>;
  /** With the kinds that it picks from, in its order; null for none. */
  readonly router: {
    readonly image: Uint8Array;
    readonly kinds: readonly string[];
    readonly routing: Pick<Routing, 'passes' | 'topK'>;
  } | null;
  /** Recordings that were not trained on, one window of each. */
  readonly clips: readonly Pick<EmbeddedClip, 'path' | 'patches'>[];
}

/** Windows that single experts answer: their latency hardly varies. */
const expertWindows = 12;

/**
 * @param windows that each mixture answers: one from the middle of each of so many test clips
 * @throws CurlewError those of the board; ABORTED
 */
export async function costsOnBoard(
  trials: Trials,
  { encoder, experts: images, router, clips }: BoardModels,
  { alphas, windows, thread }: { alphas: readonly number[]; windows: number; thread: StudyThread },
  context: JobContext,
): Promise<ModelCosts> {
  const { signal } = context;
  const heard = await windowsOf(clips, windows, signal);
  const mixtures = new Map<string, Cost>();
  const experts = new Map<string, { cost: Cost | null; agreement: AgreementSummary; imageBytes: number }>();
  const variants = router === null ? [] : variantsOf(router.routing, alphas);
  const total = images.size * Math.min(expertWindows, heard.length) + variants.length * heard.length;
  let done = 0;
  const run = async (what: string, trial: Omit<Trial, 'encoders'>) => {
    await context.pausePoint();
    const results = await trials({ encoders: encoder ? [encoder] : [], ...trial }, (answered) =>
      context.progress((done + answered) / total, `on the board: ${what}`),
    );
    done += results.length;
    return results;
  };

  for (const [kind, image] of images) {
    const trialWindows = heard.slice(0, expertWindows);
    const results = await run(kindOf(kind).name, {
      experts: [image.image],
      router: null,
      windows: trialWindows,
    });
    const cost = costOf(results);
    experts.set(kind, {
      cost,
      agreement: await agreementOf(results, image, trialWindows, thread),
      imageBytes: image.image.length,
    });
    if (cost && router?.kinds.includes(kind)) mixtures.set(`Always ${kindOf(kind).name}`, cost);
  }
  if (router) {
    const chosen = router.kinds.map((kind) => images.get(kind)!.image);
    for (const { name, routing } of variants) {
      const cost = costOf(
        await run(name, { experts: chosen, router: router.image, routing, windows: heard }),
      );
      if (cost) mixtures.set(name, cost);
    }
  }
  return { experts, mixtures };
}

/** A fold's models, and its test clips. */
export function boardModelsOf(
  { encoder, experts, router, data, fold }: FoldModels,
  bank: readonly string[],
): BoardModels {
  const built = encoder?.built ?? null;
  const images = new Map<string, BuiltExpert>();
  for (const [kind, { expert }] of experts)
    images.set(kind, buildExpert(expert, kindOf(kind).precision, built));
  const hashes = bank.map((kind) => sha256(images.get(kind)!.image));
  return {
    encoder: built?.files.image ?? null,
    experts: images,
    router: router && {
      image: buildRouter(router, built, hashes).image,
      kinds: bank,
      routing: router.routing,
    },
    clips: data.heard.clips.filter((clip) => clip.fold === fold),
  };
}

/** The routings that run on the board, by the names of their mixtures. */
function variantsOf({ passes, topK }: Pick<Routing, 'passes' | 'topK'>, alphas: readonly number[]) {
  return [
    { name: 'Plain router', routing: { alpha: 0, passes: 0, topK } },
    ...(passes === 0 || alphas.includes(0)
      ? []
      : [{ name: passesAlone, routing: { alpha: 0, passes, topK } }]),
    ...alphas.map((alpha) => ({ name: `Curiosity, α = ${alpha}`, routing: { alpha, passes, topK } })),
  ];
}

/** One window from the middle of each clip, as a board's microphone gives it. */
async function windowsOf(
  clips: BoardModels['clips'],
  count: number,
  signal: AbortSignal,
): Promise<Int16Array[]> {
  const windows: Int16Array[] = [];
  for (const { path, patches } of clips.filter((clip) => !isLogMelName(clip.path)).slice(0, count)) {
    const { pcm } = await readAudio(path, signal);
    const start = Math.floor((patches - 1) / 2) * patchHopSamples;
    windows.push(Int16Array.from(pcm.subarray(start, start + patchSamples), (sample) => sample * 32_768));
  }
  return windows;
}

async function agreementOf(
  results: readonly InferenceResult[],
  image: BuiltExpert,
  windows: readonly Int16Array[],
  thread: StudyThread,
): Promise<AgreementSummary> {
  const quantized = await thread.refer(image['quantized.onnx'], windows);
  const float = await thread.refer(image['float.onnx'], windows);
  const each = results.map(({ logits }, i) => agreement(logits, quantized[i]!, float[i]!));
  return {
    windows: each.length,
    implementation: Math.max(...each.map(({ implementation }) => implementation.relative)),
    quantization: Math.max(...each.map(({ quantization }) => quantization.relative)),
    sameTopClass: each.filter(({ implementation }) => implementation.sameTopClass).length,
  };
}

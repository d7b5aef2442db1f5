/** A study's experts and mixtures on a board: what each inference costs, and how near it comes to its reference. */
import type { InferenceResult } from '../../../devices/protocol/messages/inference-run.ts';
import { buildExpert, buildRouter, type BuiltExpert } from '../../../models/bank/build.ts';
import { agreement } from '../../../models/evaluation/agreement.ts';
import { patchHopSamples, patchSamples } from '../../../models/features/log-mel.ts';
import { sha256 } from '../../../models/packing/sha256.ts';
import type { AgreementSummary, Cost } from '../../../models/report/results.ts';
import { kindOf } from '../../../models/study/kinds.ts';
import type { JobContext } from '../definition.ts';
import { readAudio } from '../../datasets/audio.ts';
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

/** Windows that single experts answer: their latency hardly varies. */
const expertWindows = 12;

/**
 * @param windows that each mixture answers: one from the middle of each of so many test clips
 * @throws CurlewError those of the board; ABORTED
 */
export async function costsOnBoard(
  trials: Trials,
  models: FoldModels,
  {
    bank,
    alphas,
    windows,
    thread,
  }: { bank: readonly string[]; alphas: readonly number[]; windows: number; thread: StudyThread },
  context: JobContext,
): Promise<ModelCosts> {
  const { signal } = context;
  const heard = await windowsOf(models, windows, signal);
  const built = models.encoder?.built ?? null;
  const encoder = built?.files.image ?? null;
  const images = new Map<string, BuiltExpert>();
  for (const [kind, { expert }] of models.experts) {
    images.set(kind, buildExpert(expert, kindOf(kind).precision, built));
  }
  const mixtures = new Map<string, Cost>();
  const experts = new Map<string, { cost: Cost | null; agreement: AgreementSummary; imageBytes: number }>();
  const total = images.size * Math.min(expertWindows, heard.length) + (1 + alphas.length) * heard.length;
  let done = 0;
  const run = async (what: string, trial: Omit<Trial, 'encoder'>) => {
    await context.pausePoint();
    const results = await trials({ encoder, ...trial }, (answered) =>
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
    if (cost && bank.includes(kind)) mixtures.set(`Always ${kindOf(kind).name}`, cost);
  }
  if (models.router) {
    const chosen = bank.map((kind) => images.get(kind)!.image);
    const router = buildRouter(models.router, built, chosen.map(sha256)).image;
    const { passes, topK } = models.router.routing;
    const variants = [
      { name: 'Plain router', routing: { alpha: 0, passes: 0, topK } },
      ...alphas.map((alpha) => ({ name: `Curiosity, α = ${alpha}`, routing: { alpha, passes, topK } })),
    ];
    for (const { name, routing } of variants) {
      const cost = costOf(await run(name, { experts: chosen, router, routing, windows: heard }));
      if (cost) mixtures.set(name, cost);
    }
  }
  return { experts, mixtures };
}

/** One window from the middle of each test clip, as a board's microphone gives it. */
async function windowsOf(
  { data, fold }: FoldModels,
  count: number,
  signal: AbortSignal,
): Promise<Int16Array[]> {
  const clips = data.heard.clips
    .filter((clip) => clip.fold === fold && !isLogMelName(clip.path))
    .slice(0, count);
  const windows: Int16Array[] = [];
  for (const { path, patches } of clips) {
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

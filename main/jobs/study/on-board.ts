/** What answering costs on a board, inference by inference, and whether it answers as its reference does. */
import { createHash } from 'node:crypto';
import type { CurlewBoard } from '../../../devices/drivers/curlew/board.ts';
import type { InferenceResult } from '../../../devices/protocol/messages/inference-run.ts';
import { answersFrom, planStore } from '../../../devices/drivers/curlew/store-room.ts';
import { uploadOne } from '../../fleet/deploy.ts';
import { boardFull } from '../../fleet/room.ts';
import type { Cost, FigureSource } from '../../../models/report/results.ts';

export interface Trial {
  /** What router and experts take their embeddings from; none for the log-mel's statistics. */
  readonly encoders: readonly Uint8Array[];
  /** One, or those of a router in its order. */
  readonly experts: readonly Uint8Array[];
  readonly router: Uint8Array | null;
  /** In place of the router image's own. */
  readonly routing?: { readonly alpha: number; readonly passes: number; readonly topK: number };
  /** 15,600 samples of 16 kHz each. */
  readonly windows: readonly Int16Array[];
}

/** Runs trials on a board, one after the other. @throws CurlewError as runTrial */
export type Trials = (trial: Trial, onProgress: (done: number) => void) => Promise<InferenceResult[]>;

export interface TrialOptions {
  readonly signal: AbortSignal;
  /** Inferences done. */
  readonly onProgress?: (done: number) => void;
}

export const trialsOn =
  (board: CurlewBoard, signal: AbortSignal): Trials =>
  (trial, onProgress) =>
    runTrial(board, trial, { signal, onProgress });

/**
 * Deploys a bank, lets it answer every window in turn, and leaves it active. What else the board holds is erased as far
 * as room is needed, in the end even what answered before.
 * @throws CurlewError BOARD_FULL where its store does not hold the bank even then; those of the board; ABORTED
 */
export async function runTrial(
  board: CurlewBoard,
  { encoders, experts, router, routing, windows }: Trial,
  { signal, onProgress }: TrialOptions,
): Promise<InferenceResult[]> {
  const images = [...encoders, ...experts, ...(router ? [router] : [])];
  const { order, at } = await makeRoom(board, images, signal);
  const all: number[] = [];
  for (const place of order)
    all[place] = await uploadOne(board, images[place]!, sha256Of(images[place]!), { signal, at });
  const slots = all.slice(encoders.length, encoders.length + experts.length);
  const routerSlot = router ? all.at(-1)! : null;
  await board.activate({ slots, router: routerSlot, ...(routing ? { routing } : {}) }, { signal });
  const results: InferenceResult[] = [];
  for (const window of windows) {
    results.push(await board.infer(window, { signal, keep: false }));
    onProgress?.(results.length);
  }
  await board.confirm({ signal });
  return results;
}

/** Latency and energy of each inference; null where the board tells no latency. */
export function costOf(results: readonly InferenceResult[]): Cost | null {
  const [first] = results;
  const latencySource = first && figureSource(first.latencySource);
  if (!first || !latencySource) return null;
  const stage = (at: number) =>
    results.reduce((sum, { latencyUs }) => sum + latencyUs[at]!, 0) / results.length;
  const energySource = figureSource(first.energySource);
  const nanojoule = results.reduce((sum, one) => sum + one.energyNanojoule, 0) / results.length;
  return {
    latencyUs: results.map(({ latencyUs }) => latencyUs.reduce((sum, us) => sum + us, 0)),
    latencySource,
    stagesUs: { features: stage(0), encoder: stage(1), router: stage(2), expert: stage(3) },
    millijoule: energySource ? { value: nanojoule / 1e6, source: energySource } : null,
  };
}

const figureSource = (source: InferenceResult['latencySource']): FigureSource | null =>
  source === 'none' ? null : source;

const sha256Of = (image: Uint8Array): Buffer => createHash('sha256').update(image).digest();

/**
 * Erases what neither answers now nor is wanted: a study's many experts do not fit a store together. Where what answers
 * is in the way itself, nothing answers until the trial's bank does.
 * @returns in which order, and from which block on, they find room
 */
async function makeRoom(
  board: CurlewBoard,
  wanted: readonly Uint8Array[],
  signal: AbortSignal,
): Promise<{ order: readonly number[]; at: number | null }> {
  const images = wanted.map((image) => ({ length: image.length, sha256: sha256Of(image) }));
  const plan = async () => planStore(await board.slots({ signal }), images);
  await eraseOthers(board, images, signal);
  let found = await plan();
  if ('short' in found) {
    await board.activate({ slots: [] }, { signal });
    await eraseOthers(board, images, signal);
    found = await plan();
  }
  if ('short' in found && found.short.scattered) {
    await eraseOthers(board, [], signal);
    found = await plan();
  }
  if ('order' in found) return found;
  throw boardFull(await board.slots({ signal }), found.short, 'The board has no room for these images');
}

async function eraseOthers(
  board: CurlewBoard,
  wanted: readonly { sha256: Buffer }[],
  signal: AbortSignal,
): Promise<void> {
  const table = await board.slots({ signal });
  for (const { slot, sha256 } of table.slots) {
    if (answersFrom(table, slot) || wanted.some((one) => one.sha256.equals(sha256))) continue;
    await board.erase(slot, { signal });
  }
}

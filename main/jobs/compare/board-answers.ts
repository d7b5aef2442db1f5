/** A board’s side of a comparison: a model deployed, and the windows of clips answered with what lies on the way. */
import type { CurlewBoard } from '../../../devices/drivers/curlew/board.ts';
import type { InferenceResult } from '../../../devices/protocol/messages/inference-run.ts';
import type { EngineImages } from '../../../devices/engine/engine.ts';
import { CurlewError } from '../../contract/error.ts';
import { runTrial } from '../study/on-board.ts';

export interface BoardWindow {
  /** 15,600 samples. */
  pcm: Int16Array;
  /** What the reference hears in them; null: answers alone. */
  logMel: Float32Array | null;
}

export interface BoardAnswer {
  /** To the sound. */
  heard: InferenceResult;
  /** What the board heard in it; null: not asked for. */
  logMel: Float32Array | null;
  /** To the reference’s log-mel, and the embedding on the way. */
  same: InferenceResult | null;
  embedding: Float32Array | null;
}

/**
 * Deploys a model and leaves it active. What else the board holds is erased as far as room is needed.
 * @returns the slots of its experts, in the model’s order
 * @throws CurlewError BOARD_FULL; those of the board; ABORTED
 */
export async function deployModel(
  board: CurlewBoard,
  { encoders, experts, router }: EngineImages,
  signal: AbortSignal,
): Promise<readonly number[]> {
  await runTrial(board, { encoders, experts, router, windows: [] }, { signal });
  return (await board.slots({ signal })).active;
}

/** @param keep whether the board keeps telemetry records of its answers @throws CurlewError of the board; ABORTED */
export async function answerWindows(
  board: CurlewBoard,
  windows: readonly BoardWindow[],
  { keep, signal }: { keep: boolean; signal: AbortSignal },
): Promise<BoardAnswer[]> {
  const answers: BoardAnswer[] = [];
  for (const { pcm, logMel } of windows) {
    const heard = await board.infer(pcm, { signal, keep });
    if (logMel === null) {
      answers.push({ heard, logMel: null, same: null, embedding: null });
      continue;
    }
    const own = await board.features('log-mel', { signal });
    const same = await board.infer(logMel, { signal, keep: false });
    answers.push({ heard, logMel: own, same, embedding: await board.features('embedding', { signal }) });
  }
  return answers;
}

/** What a board ran before it was lent; no slots: nothing answered. */
export interface FormerBank {
  readonly slots: readonly number[];
  readonly router: number | null;
  /** Of all images that it needs, by slot. */
  readonly sha256: ReadonlyMap<number, string>;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** @throws CurlewError of the board */
export async function bankBefore(board: CurlewBoard, signal: AbortSignal): Promise<FormerBank> {
  const table = await board.slots({ signal });
  const needed = [...table.active, ...table.encoders, ...(table.router === null ? [] : [table.router])];
  const found = table.slots.filter(({ slot }) => needed.includes(slot));
  return {
    slots: table.active,
    router: table.router,
    sha256: new Map(found.map(({ slot, sha256 }) => [slot, hex(sha256)])),
  };
}

/** @returns whether the board still held it, and runs it again @throws CurlewError of the board */
export async function giveBack(
  board: CurlewBoard,
  former: FormerBank,
  signal: AbortSignal,
): Promise<boolean> {
  const table = await board.slots({ signal });
  const holds = (slot: number, sha256: string): boolean =>
    table.slots.some((one) => one.slot === slot && hex(one.sha256) === sha256);
  if (![...former.sha256].every(([slot, sha256]) => holds(slot, sha256))) return false;
  await board.activate({ slots: [...former.slots], router: former.router }, { signal });
  if (former.slots.length > 0) await board.confirm({ signal });
  return true;
}

/** Place in the model of who answered. @throws CurlewError BOARD_BAD_REPLY */
export function placeIn(slots: readonly number[], { slot }: InferenceResult): number {
  const place = slots.indexOf(slot);
  if (place >= 0) return place;
  throw new CurlewError(
    'BOARD_BAD_REPLY',
    `An expert in slot ${slot} answered, which is none of those that were deployed.`,
  );
}

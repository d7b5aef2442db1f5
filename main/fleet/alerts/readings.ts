/** What alerts are judged by: of each board and kind a value, or none where it is not known. */
import { weekChanges, type WeekChange } from '../../store/fleet-changes.ts';
import type { Store } from '../../store/open-store.ts';
import type { Board } from '../contract/boards.ts';
import type { BoardDrift } from '../contract/drift.ts';
import { driftText } from '../contract/drift-words.ts';
import { isFaulty, type MicrophoneJudgement } from '../contract/microphone.ts';
import { microphoneText } from '../contract/microphone-words.ts';
import type { Drift } from '../drift/drift.ts';
import type { Microphones } from '../microphone/microphones.ts';
import type { AlertKind } from './contract/alerts.ts';
import type { Restarts } from './restarts.ts';

export interface Reading {
  value: number;
  /** What a sentence of it adds. */
  more: string;
}

export interface ReadingRooms {
  store: Store;
  drift: Pick<Drift, 'ofFleet'>;
  microphones: Pick<Microphones, 'ofFleet'>;
  restarts: Restarts;
}

/** What the store is asked for is asked for this often, milliseconds. */
const readEveryMs = 300_000;

export class Readings {
  private readMs = -Infinity;
  private changes = new Map<string, WeekChange>();
  private drifts = new Map<string, BoardDrift>();
  private heard = new Map<string, MicrophoneJudgement>();

  constructor(private readonly rooms: ReadingRooms) {}

  /** Reads what rules of these kinds need, where that is due. @throws CurlewError of the store */
  async refresh(kinds: ReadonlySet<AlertKind>, nowMs: number): Promise<void> {
    if (Math.abs(nowMs - this.readMs) < readEveryMs) return;
    const { store, drift, microphones } = this.rooms;
    const byBoard = <T extends { boardId: string }>(all: readonly T[]): Map<string, T> =>
      new Map(all.map((one) => [one.boardId, one]));
    if (kinds.has('latency') || kinds.has('energy')) this.changes = byBoard(await weekChanges(store, nowMs));
    if (kinds.has('drift')) this.drifts = byBoard((await drift.ofFleet()).boards);
    if (kinds.has('microphone')) this.heard = byBoard((await microphones.ofFleet()).boards);
    this.readMs = nowMs;
  }

  /** A rule was changed: what it needs may not have been read. */
  readSoon(): void {
    this.readMs = -Infinity;
  }

  /** Once for each board, before the rest. */
  look(board: Board, nowMs: number): Readonly<Partial<Record<AlertKind, Reading>>> {
    const resets = this.rooms.restarts.look(board, nowMs);
    const answers = board.state === 'attached' || board.state === 'busy';
    const away = silence(board, answers, nowMs);
    const change = this.changes.get(board.id);
    const drift = this.drifts.get(board.id);
    const heard = this.heard.get(board.id);
    return {
      ...(away !== null && { silent: plain(away) }),
      resets: plain(resets),
      ...(board.freeFlashBytes !== null && answers && { storage: plain(board.freeFlashBytes / 1000) }),
      ...(board.supplyMillivolts !== null && answers && { voltage: plain(board.supplyMillivolts) }),
      ...(change && change.latency !== null && { latency: plain(change.latency) }),
      ...(change && change.energy !== null && { energy: plain(change.energy) }),
      ...(drift?.state === 'judged' && {
        drift: { value: Number(drift.drifting), more: driftText(drift) },
      }),
      ...(heard &&
        heard.state !== 'untold' && {
          microphone: { value: Number(isFaulty(heard.state)), more: microphoneText(heard) },
        }),
    };
  }

  /** What was looked at is kept. @throws CurlewError of the store */
  keep(): Promise<void> {
    return this.rooms.restarts.keep();
  }

  /** @throws CurlewError of the store */
  forget(boardId: string): Promise<void> {
    return this.rooms.restarts.forget(boardId);
  }
}

const plain = (value: number): Reading => ({ value, more: '' });

/** Minutes since it was last heard, 0 of one that answers or was let go; null where that is not known yet. */
function silence({ state, lastSeenMs }: Board, answers: boolean, nowMs: number): number | null {
  if (answers || state === 'detached') return 0;
  if (state === 'connecting' || lastSeenMs === null) return null;
  return Math.max(0, (nowMs - lastSeenMs) / 60_000);
}

/**
 * Alerts of the fleet: every half a minute each board is held against the rules that apply to it. What changes is kept
 * before anybody is told. Of a large fleet some boards are seen to at a time, so that boards and pages have their turn.
 */
import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../../devices/protocol/clock.ts';
import { tellAll } from '../../contract/fault.ts';
import type { Emit } from '../../contract/events.ts';
import { dateTime } from '../../contract/figures.ts';
import type { Asker } from '../../contract/roles.ts';
import type { AlertStore } from '../../store/alert-store.ts';
import type { Board } from '../contract/boards.ts';
import type { Details } from '../details/details.ts';
import { Applying } from './applying.ts';
import type { Alert, AlertCounts, AlertEntry, AlertRule } from './contract/alerts.ts';
import { alertText } from './contract/alert-words.ts';
import { fresh, step, type Track } from './engine.ts';
import type { FirstToday } from './first-today.ts';
import type { Reading, Readings } from './readings.ts';
import type { Rules } from './rules.ts';

/** An alert as it is now, and what happened to it. */
export interface AlertChange {
  alert: Alert;
  what: AlertEntry['what'];
}

export interface AlertRooms {
  store: Pick<AlertStore, 'up' | 'clearedSince' | 'keep' | 'cleared' | 'forget'>;
  rules: Rules;
  readings: Readings;
  firstToday: FirstToday;
  boards(): readonly Board[];
  details: Pick<Details, 'of'>;
  emit: Emit;
  clock: Clock;
  /** Milliseconds since 1970. */
  wallMs(): number;
  /** Of what fails; it is tried again at the next turn. */
  onProblem(thrown: unknown): void;
}

const judgedEveryMs = 30_000;
/** Boards between two turns of the event loop. */
const boardsATurn = 100;
/** Alerts in an event. */
const toldAtOnce = 200;

const keyOf = (ruleId: string, boardId: string): string => `${ruleId}/${boardId}`;

export class Alerts {
  /** By rule and board. */
  private readonly up = new Map<string, Alert>();
  private readonly tracks = new Map<string, Track>();
  private readonly listeners = new Set<(changes: readonly AlertChange[]) => void>();
  private readonly stopping = new AbortController();
  private nap = new AbortController();
  private turn: Promise<unknown> = Promise.resolve();
  private work: Promise<void> = Promise.resolve();

  private constructor(private readonly rooms: AlertRooms) {}

  /** @throws CurlewError of the store */
  static async open(rooms: AlertRooms): Promise<Alerts> {
    const alerts = new Alerts(rooms);
    for (const alert of await rooms.store.up()) alerts.up.set(keyOf(alert.ruleId, alert.boardId), alert);
    const longest = Math.max(0, ...rooms.rules.list().map(({ coolDownMs }) => coolDownMs));
    for (const { ruleId, boardId, clearedMs } of await rooms.store.clearedSince(rooms.wallMs() - longest))
      alerts.tracks.set(keyOf(ruleId, boardId), { ...fresh, clearedMs });
    rooms.rules.onChange(() => alerts.judgeSoon());
    alerts.work = alerts.go();
    return alerts;
  }

  /** Called with what has changed, once it is kept. Returns the unsubscribe function. */
  onChange(listener: (changes: readonly AlertChange[]) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Those that are up, newest first: the first, or those after the one of an id. */
  current(after: string | undefined, limit: number): Alert[] {
    const all = [...this.up.values()].sort((a, b) => b.raisedMs - a.raisedMs || (a.id < b.id ? 1 : -1));
    const from = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
    return all.slice(from, from + limit);
  }

  counts(): AlertCounts {
    const counts: AlertCounts = { open: 0, acknowledged: 0, snoozed: 0 };
    for (const { state } of this.up.values()) if (state !== 'cleared') counts[state]++;
    return counts;
  }

  /** @returns how many were changed: those that are up, and not acknowledged already @throws CurlewError of the store */
  acknowledge(alertIds: readonly string[], by: Asker | null): Promise<number> {
    return this.decide(alertIds, ({ state }) => state !== 'acknowledged', {
      ...{ what: 'acknowledged', by, more: '', state: 'acknowledged', snoozedUntilMs: null },
    });
  }

  /** Until so many minutes from now. @returns how many were changed @throws CurlewError of the store */
  snooze(alertIds: readonly string[], minutes: number, by: Asker | null): Promise<number> {
    const untilMs = this.rooms.wallMs() + minutes * 60_000;
    const more = `until ${dateTime(untilMs)}`;
    return this.decide(alertIds, () => true, {
      ...{ what: 'snoozed', by, more, state: 'snoozed', snoozedUntilMs: untilMs },
    });
  }

  /** Judges all boards now, and not at the next turn. */
  judgeSoon(): void {
    this.rooms.readings.readSoon();
    this.nap.abort();
  }

  /** @throws CurlewError of the store */
  async forget(boardId: string): Promise<void> {
    await this.exclusively(async () => {
      const theirs = [...this.up].filter(([, alert]) => alert.boardId === boardId);
      await this.rooms.store.forget(boardId);
      for (const [key] of theirs) this.up.delete(key);
      for (const key of this.tracks.keys()) if (key.endsWith(`/${boardId}`)) this.tracks.delete(key);
      await this.rooms.readings.forget(boardId);
      const nowMs = this.rooms.wallMs();
      this.tell(theirs.map(([, alert]) => cleared(alert, 'the board was forgotten', nowMs)));
    });
  }

  async close(): Promise<void> {
    this.stopping.abort();
    this.nap.abort();
    await this.work;
    await this.turn;
  }

  private async go(): Promise<void> {
    const { clock, onProblem } = this.rooms;
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await clock.sleep(judgedEveryMs, this.nap.signal).catch(() => undefined);
      if (signal.aborted) return;
      this.nap = new AbortController();
      await this.exclusively(() => this.judge()).catch(onProblem);
    }
  }

  private async judge(): Promise<void> {
    const { rules, readings, firstToday, details, boards, wallMs } = this.rooms;
    const nowMs = wallMs();
    const listed = rules.list();
    const applying = new Applying(listed);
    await readings.refresh(new Set(listed.filter(({ on }) => on).map(({ kind }) => kind)), nowMs);
    const heard = await firstToday.read(listed, nowMs);
    const changes: AlertChange[] = [];
    const applied = new Set<string>();
    const tracks = new Map<string, Track>();
    let seen = 0;
    for (const board of boards()) {
      if (board.id.startsWith('port:')) continue;
      if (++seen % boardsATurn === 0) await nextTurn();
      const said = details.of(board.id);
      const told = readings.look(board, nowMs);
      for (const rule of applying.of(board.id, said.groupId)) {
        const key = keyOf(rule.id, board.id);
        applied.add(key);
        if (rule.kind === 'first today') {
          firstToday.offer(heard, rule, board.id);
          continue;
        }
        const before = this.up.get(key);
        const value = told[rule.kind]?.value ?? null;
        const was = this.tracks.get(key) ?? fresh;
        const { track, does } = step(rule, before !== undefined, was, value, nowMs);
        tracks.set(key, track);
        if (does === 'goes up')
          changes.push(raised(rule, board.id, said.name || board.name, told[rule.kind]!, nowMs));
        else if (does === 'clears' && before) changes.push(cleared(before, 'it holds no more', nowMs));
        else if (before && isOverdue(before, nowMs)) changes.push(openAgain(before, nowMs));
      }
    }
    const names = new Map(boards().map((board) => [board.id, details.of(board.id).name || board.name]));
    for (const alert of this.up.values()) {
      const isOfDay = alert.kind === 'first today';
      if (!applied.has(keyOf(alert.ruleId, alert.boardId)))
        changes.push(cleared(alert, 'its rule is off, removed, or another for its board', nowMs));
      else if (isOfDay && !firstToday.isToday(alert.raisedMs, nowMs))
        changes.push(cleared(alert, 'the day is over', nowMs));
      else if (isOfDay && isOverdue(alert, nowMs)) changes.push(openAgain(alert, nowMs));
    }
    const upRules = new Set([...this.up.values()].map(({ ruleId }) => ruleId));
    for (const { rule, boardId, probability } of heard.first.values()) {
      if (upRules.has(rule.id)) continue;
      const reading: Reading = { value: probability, more: '' };
      changes.push(raised(rule, boardId, names.get(boardId) ?? boardId, reading, nowMs));
    }
    await readings.keep();
    await this.keep(changes);
    // Only now: what was not kept goes up, or clears, at the next turn.
    for (const [key, track] of tracks) this.tracks.set(key, track);
  }

  private decide(
    alertIds: readonly string[],
    mayBe: (alert: Alert) => boolean,
    { what, by, more, ...changed }: Pick<Alert, 'state' | 'snoozedUntilMs'> & Omit<AlertEntry, 'atMs'>,
  ): Promise<number> {
    return this.exclusively(async () => {
      const wanted = new Set(alertIds);
      const nowMs = this.rooms.wallMs();
      const changes = [...this.up.values()]
        .filter((alert) => wanted.has(alert.id) && mayBe(alert))
        .map((alert): AlertChange => ({
          alert: noted({ ...alert, ...changed }, nowMs, what, by, more),
          what,
        }));
      await this.keep(changes);
      return changes.length;
    });
  }

  private async keep(changes: readonly AlertChange[]): Promise<void> {
    if (changes.length === 0) return;
    await this.rooms.store.keep(changes.map(({ alert }) => alert));
    for (const { alert } of changes) {
      const key = keyOf(alert.ruleId, alert.boardId);
      if (alert.state === 'cleared') this.up.delete(key);
      else this.up.set(key, alert);
    }
    this.tell(changes);
  }

  private tell(changes: readonly AlertChange[]): void {
    if (changes.length === 0) return;
    tellAll(this.listeners, null, changes);
    const counts = this.counts();
    for (let from = 0; from < changes.length; from += toldAtOnce) {
      const changed = changes.slice(from, from + toldAtOnce).map(({ alert }) => alert);
      this.rooms.emit('alerts', { changed, counts });
    }
  }

  /** What is judged, decided and kept is never of two at once. */
  private exclusively<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turn.then(work);
    this.turn = mine.catch(() => undefined);
    return mine;
  }
}

function noted(
  alert: Alert,
  atMs: number,
  what: AlertEntry['what'],
  by: Asker | null = null,
  more = '',
): Alert {
  return { ...alert, changedMs: atMs, log: [...alert.log, { atMs, what, by, more }].slice(-mostEntries) };
}

/** Of one alert; what came first is left out. */
const mostEntries = 200;

function raised(
  rule: AlertRule,
  boardId: string,
  boardName: string,
  { value, more }: Reading,
  nowMs: number,
): AlertChange {
  const alert: Alert = {
    ...{ id: randomUUID(), ruleId: rule.id, kind: rule.kind, boardId, boardName, state: 'open', log: [] },
    ...{ text: alertText(rule, boardName, value, more), raisedMs: nowMs, changedMs: nowMs },
    ...{ snoozedUntilMs: null, clearedMs: null },
  };
  return { alert: noted(alert, nowMs, 'raised'), what: 'raised' };
}

function cleared(alert: Alert, why: string, nowMs: number): AlertChange {
  const gone: Alert = { ...alert, state: 'cleared', snoozedUntilMs: null, clearedMs: nowMs };
  return { alert: noted(gone, nowMs, 'cleared', null, why), what: 'cleared' };
}

const isOverdue = ({ state, snoozedUntilMs }: Alert, nowMs: number): boolean =>
  state === 'snoozed' && snoozedUntilMs !== null && nowMs >= snoozedUntilMs;

function openAgain(alert: Alert, nowMs: number): AlertChange {
  const open: Alert = { ...alert, state: 'open', snoozedUntilMs: null };
  return { alert: noted(open, nowMs, 'open again'), what: 'open again' };
}

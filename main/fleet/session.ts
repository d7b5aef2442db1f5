/** One board of the fleet over its life: meeting it, its state, telemetry pulled by cursor, loss and return. */
import { CurlewBoard } from '../../devices/drivers/curlew/board.ts';
import type { Port } from '../../devices/drivers/port.ts';
import type { BoardInfo } from '../../devices/protocol/messages/board-info.ts';
import type { LinkChange } from '../../devices/drivers/curlew/link.ts';
import { CurlewError, toCurlewError, type ErrorCode } from '../contract/error.ts';
import { reportFault } from '../contract/fault.ts';
import type { Board, BoardClock, BoardLogKind, TelemetryRecord } from '../contract/types.ts';
import { clockOf, drifted, isToBeSet, ranLong, type Answered } from './board-clock.ts';
import {
  blank,
  countedBackText,
  factsOf,
  isOfLab,
  otherBoard,
  repeatedText,
  restartText,
  runningOn,
} from './board-facts.ts';
import type { Noted } from './board-log.ts';
import { expertStoreOf } from './expert-store.ts';
import type { Place } from './port-directory.ts';
import { Hearing, judgeEveryMs } from './hearing.ts';
import { noteImages } from './note-images.ts';
import type { SessionContext } from './session-context.ts';
import { retryDelay, stateOf } from './trouble.ts';
import { TelemetryPull } from './telemetry-pull.ts';

/** What a session asks of the fleet it belongs to. */
export interface Mates {
  changed(session: Session): void;
  /** How often a session asks for telemetry, milliseconds. */
  readonly pullEveryMs: number;
  /** No other session has its port. */
  mayOpen(session: Session): boolean;
  /**
   * The session of the board that `finder` has found at its port: itself, one that waits for this board, or a new one.
   * @throws CurlewError BOARD_DUPLICATE where a board of the same serial number answers elsewhere
   */
  ownerOf(boardId: string, finder: Session): Session;
}

/** How often telemetry is asked for after an answer that could not be used, milliseconds. */
const pullAgainMs = 5000;
/** The board is asked how it is with one pull in so many. */
const pullsALook = 20;
/** How often it is told that an idle board was seen, milliseconds. */
const tellSeenEveryMs = 3000;

export class Session {
  private board: CurlewBoard | null = null;
  private readonly stopping = new AbortController();
  private nap = new AbortController();
  private meeting: Promise<Session> | null = null;
  private watching: Promise<void> | null = null;
  private stopJudging = (): void => undefined;
  private turn: Promise<unknown> = Promise.resolve();
  private pulling: Promise<void> = Promise.resolve();
  private readonly telemetry: TelemetryPull;
  private hearing: Hearing;
  private identifies = false;
  private working = 0;
  private failures = 0;
  private pullFailed = false;
  private troubleCode: ErrorCode | null = null;
  private lookedMs = 0;
  /** Records have come since it was last asked how it is. */
  private hasAnswered = false;
  /** The clock as it stood before it was last set here, and when that was. */
  private clockBefore: { clock: BoardClock; atMs: number } | null = null;
  private current: Board;

  /** @param known what was known of the board when the lab last ran */
  constructor(
    readonly entry: number,
    private at: Place,
    private readonly context: SessionContext,
    private readonly mates: Mates,
    known: Partial<Board> = {},
  ) {
    this.current = { ...blank(entry, at), ...known };
    this.telemetry = new TelemetryPull(context);
    this.hearing = new Hearing(context.clock, 0);
  }

  /** As it stands; a new object after every change. */
  get state(): Board {
    return this.current;
  }

  get place(): Place {
    return this.at;
  }

  get port(): Port {
    return this.at.port;
  }

  /** Bytes a second that the line carries each way; null where nobody knows. */
  get lineBytesPerSecond(): number | null {
    return this.at.lineBytesPerSecond;
  }

  /** Its serial number is known. */
  get identified(): boolean {
    return !this.current.id.startsWith('port:');
  }

  /** A board is there and answers, or is just being asked how it is. */
  get answers(): boolean {
    return this.board !== null && this.current.state !== 'silent';
  }

  /** It has its port, or is opening it. */
  get holdsPort(): boolean {
    return this.board !== null || this.meeting !== null;
  }

  /**
   * Meets the board at the port; from then on it is watched, and met again whenever it was lost, until `detach`.
   * @returns the session that the board belongs to
   * @throws CurlewError of the port or of the greeting; the state then says the same
   */
  async attach(at: Place = this.at): Promise<Session> {
    if (this.meeting) await this.meeting.catch(() => undefined);
    if (this.answers) return this;
    await this.drop();
    this.at = at;
    this.change({ portId: at.port.id, portKind: at.port.kind, state: 'connecting' });
    this.failures = 0;
    // Once, where a person asks; a board that is waited for is not asked again and again for what it is not.
    this.identifies = !isOfLab(at.port.kind);
    this.watch();
    return this.meet().finally(() => (this.identifies = false));
  }

  /** Watches without waiting for the first meeting. */
  watch(): void {
    if (this.stopping.signal.aborted) return;
    this.watching ??= this.keepWatch().catch((thrown: unknown) => {
      reportFault(thrown, this.at.port.id);
      this.change({ state: 'absent', message: toCurlewError(thrown).message });
    });
  }

  /** Tries at once, rather than at the next turn. */
  wake(): void {
    this.failures = 0;
    this.nap.abort();
  }

  async detach(): Promise<void> {
    this.stopping.abort();
    this.nap.abort();
    this.stopJudging();
    await this.drop();
    await this.watching;
  }

  /** The clock as it was found: before it was set, if that was after `sinceMs`; null where it was not set before, or has none. */
  clockFound(sinceMs: number | null): BoardClock | null {
    const { clockBefore } = this;
    const isNew = clockBefore !== null && clockBefore.atMs > (sinceMs ?? -Infinity);
    return isNew ? clockBefore.clock : this.current.clock;
  }

  /** Work that must have the board to itself (an upload, a recording played at it), one after another. */
  exclusive<T>(work: (board: CurlewBoard) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const mine = this.turn.then(async () => {
      if (signal?.aborted) throw new CurlewError('ABORTED', 'It was cancelled before it began.');
      // A board that the lab knows from its last run may just be greeted.
      if (!this.board) await this.meeting?.catch(() => undefined);
      const board = this.connected();
      this.working++;
      if (this.current.state === 'attached') this.change({ state: 'busy' });
      try {
        return await work(board);
      } finally {
        this.working--;
        if (this.current.state === 'busy') this.change({ state: 'attached' });
      }
    });
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  /** @throws CurlewError PORT_LOST when the board is not there now */
  connected(): CurlewBoard {
    if (this.board) return this.board;
    throw new CurlewError(
      'PORT_LOST',
      this.current.message ?? `The board at ${this.at.port.id} is not attached.`,
      { port: this.at.port.id },
    );
  }

  /** Reads what may have changed on the board: its information and its active expert. */
  async refresh(): Promise<void> {
    const board = this.connected();
    const options = { signal: this.stopping.signal };
    await this.look(board);
    const store = expertStoreOf(await board.slots(options), this.context.signedImages);
    this.context.versions.saw(
      this.current.id,
      store.slots.flatMap(({ kind, name, version }) => (kind ? [{ kind, name, version }] : [])),
    );
    // Its settings are one of what an older firmware does not tell.
    const settings = await board.settings(options).catch((thrown: unknown) => {
      if (toCurlewError(thrown).code === 'BOARD_REFUSED') return null;
      throw thrown;
    });
    this.change({ ...runningOn(store), settings });
    // A board works all the same where the store fails.
    await noteImages(board, store, this.context.images, options).catch((thrown: unknown) =>
      this.context.log('error', this.current.id, toCurlewError(thrown).message),
    );
    await this.context.boards
      .seen(this.current, { baudRate: this.at.baudRate, usb: this.at.usb })
      .catch((thrown: unknown) => this.context.log('error', this.current.id, toCurlewError(thrown).message));
  }

  /** Into the board's log; what has no serial number yet has none. */
  note(kind: BoardLogKind, text: string, noted: Noted = {}): void {
    if (this.identified) this.context.boardLog.add(this.current.id, kind, text, noted);
    else this.context.log(noted.level ?? 'info', this.current.id, text);
  }

  /** The board has just said so. */
  setListening(on: boolean): void {
    this.change({ continuous: on });
  }

  /** Asks for the telemetry now, rather than at the next turn. */
  pull(): Promise<void> {
    // One after another: a pull reads from the cursor that the one before has moved.
    const mine = this.pulling.then(() =>
      this.telemetry.pull(this.connected(), this.current.id, {
        signal: this.stopping.signal,
        onRecords: (records) => this.received(records),
        onRepeated: (times) => this.note('repeated', repeatedText, { level: 'warning', times }),
        onCountedBack: (last) => this.note('counted back', countedBackText(last), { level: 'error' }),
        onReboot: () => this.rebooted(),
      }),
    );
    this.pulling = mine.catch(() => undefined);
    return mine;
  }

  /** Takes a board that was found at a port and greeted. @throws CurlewError of the board */
  async adopt(board: CurlewBoard, at: Place): Promise<void> {
    await this.drop();
    const before = this.current;
    this.at = at;
    this.board = board;
    this.hearing = new Hearing(this.context.clock, board.counts.messages);
    this.change({ id: board.info.id, portId: at.port.id, portKind: at.port.kind });
    board.onClose((reason) => {
      if (this.board !== board) return;
      this.board = null;
      if (!reason || this.stopping.signal.aborted) return;
      this.trouble(toCurlewError(reason));
    });
    try {
      await this.refresh();
    } catch (thrown) {
      if (this.board === board) await this.drop();
      throw thrown;
    }
    this.failures = 0;
    this.well();
    this.note('attached', `${this.current.name} attached at ${at.port.id}, ${board.framing} framing.`);
    const { clock } = this.current;
    const how = clock && ranLong(clock, this.context.wallMs()) && drifted(clock, this.context.wallMs());
    if (how) this.note('clock', how);
    // 0: it was never met before.
    if (before.bootId !== 0 && before.bootId !== board.info.bootId) {
      // To open the port of a simulated board that is off switches it on.
      if (isOfLab(at.port.kind)) {
        this.note('restarted', `${this.current.name} was started by the lab.`);
        this.noteFallBack(before);
      } else this.noteRestart(before);
    }
    this.watch();
  }

  linkChanged({ framing, text }: LinkChange): void {
    this.change({ framing });
    this.note('trouble', text, { level: 'warning' });
  }

  /** The port is opened and whoever is there greeted: the one meeting at a time. */
  private meet(): Promise<Session> {
    this.meeting ??= this.greet()
      .catch((thrown: unknown) => {
        const error = toCurlewError(thrown);
        this.failures++;
        if (!this.stopping.signal.aborted) this.trouble(error);
        throw error;
      })
      .finally(() => (this.meeting = null));
    return this.meeting;
  }

  private async greet(): Promise<Session> {
    const { at } = this;
    let owner: Session = this as Session;
    const board = await CurlewBoard.open(at.port, {
      signal: this.stopping.signal,
      clock: this.context.clock,
      identify: this.identifies,
      onLinkChange: (change) => owner.linkChanged(change),
    });
    try {
      owner = this.mates.ownerOf(board.info.id, this);
    } catch (thrown) {
      await board.close();
      throw thrown;
    }
    await owner.adopt(board, at);
    // Its own board may have been found at another port meanwhile.
    if (owner !== this && !this.board && !this.stopping.signal.aborted) this.trouble(otherBoard(owner.state));
    return owner;
  }

  private async keepWatch(): Promise<void> {
    const { signal } = this.stopping;
    const { clock } = this.context;
    this.stopJudging = clock.every(judgeEveryMs, () => this.judge());
    while (!signal.aborted) {
      if (this.board) await this.pullAndLook();
      // What it failed for is the state, and has been told.
      else if (this.meetsAgain()) await this.meet().catch(() => undefined);
      if (signal.aborted) return;
      this.nap = new AbortController();
      const pause = this.pullFailed ? pullAgainMs : this.mates.pullEveryMs;
      await clock
        .sleep(this.board ? pause : retryDelay(this.current.state, this.failures), this.nap.signal)
        .catch(() => undefined);
    }
  }

  /** A simulated board that was lost has been switched off, or has crashed: it starts again only where told to. */
  private meetsAgain(): boolean {
    const { state, portKind } = this.current;
    return this.mates.mayOpen(this) && !(state === 'absent' && isOfLab(portKind));
  }

  private async pullAndLook(): Promise<void> {
    const { clock, wallMs } = this.context;
    this.pullFailed = false;
    try {
      await this.pull();
      // A bank that answers ends its trial by itself, and the board says so only where it is asked.
      const onTrial = this.current.trial === 'trial';
      const due =
        clock.nowMs() - this.lookedMs > pullsALook * this.mates.pullEveryMs || (onTrial && this.hasAnswered);
      if (this.board && this.working === 0 && due) {
        await (onTrial ? this.refresh() : this.look(this.board));
      }
      // An idle board is seen with every pull; telling of it now and then is enough.
      const now = wallMs();
      if (now - (this.current.lastSeenMs ?? 0) > tellSeenEveryMs) this.change({ lastSeenMs: now });
      if (this.current.message !== null && this.answers) this.change({ message: null, repeats: 0 });
    } catch (thrown) {
      const error = toCurlewError(thrown);
      // Of a lost port its stream tells, of silence the judge.
      if (error.code === 'ABORTED' || error.code === 'PORT_LOST' || error.code === 'BOARD_SILENT') return;
      this.pullFailed = true;
      const again = error.message === this.current.message;
      this.change({ message: error.message, repeats: again ? this.current.repeats + 1 : 1 });
      this.note('trouble', error.message, { level: 'error' });
    }
  }

  private judge(): void {
    if (!this.board) return;
    const heard = this.hearing.judge(this.board.counts.messages);
    const silent = this.current.state === 'silent';
    if (heard === 'answered' && silent) this.well();
    if (heard !== 'silent' || silent) return;
    const { name } = this.current;
    this.trouble(new CurlewError('BOARD_SILENT', `${name} no longer answers; the lab goes on asking.`));
  }

  /** @throws CurlewError PORT_LOST where another board answers: it was changed for this one without a break of the line */
  private async look(board: CurlewBoard): Promise<void> {
    const { clock, wallMs } = this.context;
    const askedMs = clock.nowMs();
    const info = await board.readInfo({ signal: this.stopping.signal });
    this.lookedMs = clock.nowMs();
    const answered = { answeredMs: wallMs(), roundTripMs: this.lookedMs - askedMs };
    this.hasAnswered = false;
    if (info.id === this.current.id) {
      this.change({ ...factsOf(info), framing: board.framing, lastSeenMs: answered.answeredMs });
      await this.lookAtClock(board, info, answered);
      return;
    }
    const error = otherBoard({ id: info.id, name: info.name, portId: this.at.port.id });
    await this.drop();
    this.trouble(error);
    this.wake();
    throw error;
  }

  private async lookAtClock(board: CurlewBoard, info: BoardInfo, answered: Answered): Promise<void> {
    const clock = clockOf(info, answered);
    this.change({ clock });
    if (info.clock) {
      const { nowMs, setMs } = info.clock;
      this.telemetry.clockWasSet(info.bootId, setMs, info.uptimeMs - (nowMs - setMs));
    }
    if (!info.hasClock || !isToBeSet(clock) || !this.context.clocks.setsClocks) return;
    try {
      // It arrives half a round trip from now.
      const setMs = this.context.wallMs() + answered.roundTripMs / 2;
      await board.setClock(setMs, { signal: this.stopping.signal });
      if (clock) this.clockBefore = { clock, atMs: setMs };
      this.change({ clock: { setMs, behindMs: 0, errorMs: answered.roundTripMs + 1 } });
      const how = clock && drifted(clock, answered.answeredMs);
      if (how) this.note('clock', `${how} It was set.`);
    } catch (thrown) {
      const error = toCurlewError(thrown);
      // Of a lost port its stream tells, of silence the judge; the next look tries again.
      if (!['ABORTED', 'PORT_LOST', 'BOARD_SILENT'].includes(error.code))
        this.note('trouble', error.message, { level: 'warning' });
    }
  }

  private received(records: TelemetryRecord[]): void {
    const last = records.at(-1) as TelemetryRecord;
    this.hasAnswered = true;
    this.change({
      lastSeenMs: last.receivedMs,
      supplyMillivolts: last.supplyMillivolts,
      temperatureC: last.temperatureC,
    });
    const { images, stored } = this.context;
    const named = records.map((record) => {
      const { expertName, className } = images.namesOf(record);
      return { ...record, expertName, className };
    });
    stored(this.current.id, named);
  }

  private async rebooted(): Promise<void> {
    const before = this.current;
    await this.refresh();
    this.noteRestart(before);
  }

  private noteRestart(before: Board): void {
    this.note('restarted', restartText(this.current), { level: 'warning' });
    this.noteFallBack(before);
  }

  private noteFallBack(before: Board): void {
    if (this.current.trial !== 'fell_back' || before.trial === 'fell_back') return;
    const text = 'The bank that was activated last did not stand its trial: the one before it runs again.';
    this.note('fell back', text, { level: 'warning' });
  }

  private async drop(): Promise<void> {
    const { board } = this;
    this.board = null;
    await board?.close();
  }

  private well(): void {
    this.change({ state: this.working > 0 ? 'busy' : 'attached', message: null, repeats: 0 });
  }

  /** The same again is told once. */
  private trouble(error: CurlewError): void {
    const state = stateOf(error.code);
    if (state === this.current.state && this.troubleCode === error.code) return;
    this.troubleCode = error.code;
    this.change({ state, message: error.message, repeats: 1 });
    this.note(state === 'absent' ? 'lost' : 'trouble', error.message, { level: 'warning' });
  }

  private change(change: Partial<Board>): void {
    this.current = { ...this.current, ...change };
    this.mates.changed(this);
  }
}

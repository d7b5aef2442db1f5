/** One attached board over its life: greeting, state, telemetry pulled by cursor, loss and return. */
import { setTimeout as sleep } from 'node:timers/promises';
import { CurlewBoard } from '../../devices/drivers/curlew/board.ts';
import type { Port } from '../../devices/drivers/port.ts';
import { CurlewError, toCurlewError } from '../contract/error.ts';
import type { EventName, LabEvents } from '../contract/events.ts';
import type { Board, LogLine, TelemetryRecord } from '../contract/types.ts';
import type { BoardStore } from '../store/board-store.ts';
import type { SignedImages } from '../store/signed-images.ts';
import type { TelemetryStore } from '../store/telemetry-store.ts';
import { expertStoreOf } from './expert-store.ts';
import { pullTelemetry } from './telemetry-pull.ts';

export interface SessionContext {
  telemetry: TelemetryStore;
  boards: BoardStore;
  signedImages: SignedImages;
  emit<E extends EventName>(event: E, payload: LabEvents[E]): void;
  log(level: LogLine['level'], subject: string | null, text: string): void;
  /** The state of some board changed. */
  changed(): void;
}

/** How often telemetry is asked for, and how often a lost port is tried again, milliseconds. */
const pullEveryMs = 500;
const reopenEveryMs = 1500;
const tellSeenEveryMs = 3000;
/** Silent pulls in a row after which a board counts as lost though its port is open. */
const silentPulls = 3;

export class Session {
  private board: CurlewBoard | null = null;
  private readonly stopping = new AbortController();
  private turn: Promise<unknown> = Promise.resolve();
  private pulling: Promise<void> = Promise.resolve();
  private watching: Promise<void> = Promise.resolve();
  private silent = 0;
  private current: Board;

  constructor(
    readonly port: Port,
    /** Bytes a second that the line carries each way; null where nobody knows. */
    readonly lineBytesPerSecond: number | null,
    private readonly context: SessionContext,
  ) {
    this.current = blank(port);
  }

  /** As it stands; a new object after every change. */
  get state(): Board {
    return this.current;
  }

  /**
   * Opens the port and greets the board; from then on it is watched until `detach`.
   * @throws CurlewError of the port or of the greeting; the state then says the same
   */
  async attach(): Promise<void> {
    try {
      await this.open();
    } catch (thrown) {
      const error = toCurlewError(thrown);
      this.change({ state: error.code === 'BOARD_GARBAGE' ? 'garbage' : 'lost', message: error.message });
      throw error;
    }
    this.watching = this.watch();
  }

  async detach(): Promise<void> {
    this.stopping.abort();
    await this.board?.close();
    await this.watching;
    this.board = null;
    this.change({ state: 'detached', message: null });
  }

  /** Work that must have the board to itself (an upload, a recording played at it), one after another. */
  exclusive<T>(work: (board: CurlewBoard) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const mine = this.turn.then(async () => {
      if (signal?.aborted) throw new CurlewError('ABORTED', 'It was cancelled before it began.');
      const board = this.connected();
      this.change({ state: 'busy' });
      try {
        return await work(board);
      } finally {
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
      this.current.message ?? `The board at ${this.port.id} is not attached.`,
      {
        port: this.port.id,
      },
    );
  }

  /** Reads what may have changed on the board: its information and its active expert. */
  async refresh(): Promise<void> {
    const board = this.connected();
    const options = { signal: this.stopping.signal };
    const [info, table] = [await board.readInfo(options), await board.slots(options)];
    const store = expertStoreOf(table, this.context.signedImages);
    const [expert] = store.active.map((slot) => store.slots.find((one) => one.slot === slot));
    const router = store.slots.find((one) => one.slot === store.router);
    this.change({
      id: info.id,
      name: info.name,
      kind: info.kind,
      simulated: info.simulated,
      profile: info.profile,
      firmware: info.firmware,
      bootId: info.bootId,
      framing: board.framing,
      hasAudioSource: info.hasAudioSource,
      supplyMillivolts: info.supplyMillivolts,
      temperatureC: info.temperatureC,
      lastSeenMs: Date.now(),
      cause: info.cause,
      activeExpert: expert
        ? { name: expert.name, sha256: expert.sha256, bits: expert.bits, ternary: expert.ternary }
        : null,
      activeRouter: router ? { name: router.name, experts: store.active.length } : null,
      trial: store.trial,
      keyId: info.keyId,
      rollbackProtected: info.protected,
    });
  }

  setListening(on: boolean): void {
    this.change({ continuous: on });
  }

  /** Asks for the telemetry now, rather than at the next turn. */
  pull(): Promise<void> {
    // One after another: a pull reads from the cursor that the one before has moved.
    const mine = this.pulling.then(() =>
      pullTelemetry(this.connected(), this.current.id, {
        telemetry: this.context.telemetry,
        signedImages: this.context.signedImages,
        signal: this.stopping.signal,
        onRecords: (records) => this.received(records),
        onReboot: () => this.rebooted(),
      }),
    );
    this.pulling = mine.catch(() => undefined);
    return mine;
  }

  private async open(): Promise<void> {
    const board = await CurlewBoard.open(this.port, {
      signal: this.stopping.signal,
      onLinkChange: ({ framing, text }) => {
        this.change({ framing });
        this.context.log('warning', this.current.id, text);
      },
    });
    this.board = board;
    board.onClose((reason) => {
      if (this.board !== board) return;
      this.board = null;
      if (!reason || this.stopping.signal.aborted) return;
      this.change({ state: 'lost', message: reason.message, continuous: false });
      this.context.log('warning', this.current.id, reason.message);
    });
    await this.refresh();
    this.silent = 0;
    this.change({ state: 'attached', message: null });
    await this.context.boards.seen(this.current);
    this.context.log(
      'info',
      this.current.id,
      `${this.current.name} attached at ${this.port.id}, ${board.framing} framing.`,
    );
  }

  private async watch(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await sleep(this.board ? pullEveryMs : reopenEveryMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      if (this.board) await this.pullAndJudge();
      else if (this.port.kind === 'serial' || this.port.kind === 'path')
        await this.open().catch(() => undefined);
    }
  }

  private async pullAndJudge(): Promise<void> {
    try {
      await this.pull();
      const now = Date.now();
      if (this.silent >= silentPulls) this.change({ state: 'attached', message: null });
      // An idle board is seen with every pull; telling of it now and then is enough.
      if (now - (this.current.lastSeenMs ?? 0) > tellSeenEveryMs) this.change({ lastSeenMs: now });
      this.silent = 0;
    } catch (thrown) {
      const error = toCurlewError(thrown);
      if (error.code === 'ABORTED' || error.code === 'PORT_LOST') return;
      if (error.code === 'BOARD_SILENT') {
        // A board at work answers late; only silence without a cause counts.
        if (this.current.state !== 'busy' && ++this.silent === silentPulls) {
          this.change({ state: 'lost', message: `${this.current.name} no longer answers; still asking.` });
        }
        return;
      }
      this.change({ message: error.message });
      this.context.log('error', this.current.id, error.message);
    }
  }

  private received(records: TelemetryRecord[]): void {
    const last = records.at(-1) as TelemetryRecord;
    this.change({
      lastSeenMs: last.receivedMs,
      supplyMillivolts: last.supplyMillivolts,
      temperatureC: last.temperatureC,
    });
    this.context.emit('telemetry', { boardId: this.current.id, records });
  }

  private async rebooted(): Promise<void> {
    this.context.log('warning', this.current.id, `${this.current.name} has restarted.`);
    this.change({ continuous: false });
    await this.refresh();
  }

  private change(change: Partial<Board>): void {
    this.current = { ...this.current, ...change };
    this.context.changed();
  }
}

const blank = (port: Port): Board => ({
  id: `port:${port.id}`,
  portId: port.id,
  portKind: port.kind,
  state: 'connecting',
  message: null,
  name: port.id,
  kind: '',
  simulated: port.kind === 'virtual' || port.kind === 'qemu' || port.kind === 'host',
  profile: '',
  firmware: '',
  bootId: 0,
  framing: 'console',
  hasAudioSource: false,
  continuous: false,
  cause: '',
  activeExpert: null,
  activeRouter: null,
  trial: 'none',
  keyId: null,
  rollbackProtected: false,
  supplyMillivolts: null,
  temperatureC: null,
  lastSeenMs: null,
});

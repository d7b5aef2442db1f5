/** All boards of the lab, those that are not there included, and the ports that boards can be attached to. */
import { CurlewBoard } from '../../devices/drivers/curlew/board.ts';
import { deviceOf, type Device } from '../../devices/drivers/identify/device.ts';
import { identify, otherDevice } from '../../devices/drivers/identify/identify.ts';
import { instrumentOf } from '../../devices/drivers/identify/usb.ts';
import { CurlewError, toCurlewError } from '../contract/error.ts';
import { tellAll } from '../contract/fault.ts';
import type { Asker } from '../contract/roles.ts';
import type { Board, FoundDevice, PortListing } from '../contract/types.ts';
import type { MetBoard } from '../store/board-store.ts';
import { ChangeTeller } from './change-teller.ts';
import type { Place, PortDirectory } from './port-directory.ts';
import type { SessionContext } from './session-context.ts';
import { Session, type Mates } from './session.ts';

/** How often the machine is asked for its serial devices, milliseconds. */
const lookForPortsEveryMs = 3000;
/**
 * How often each board is asked for its telemetry, and how many questions the fleet asks a second at most: their answers
 * are read on the lab's event loop. Boards keep what is not asked for yet; a large fleet's is asked for less often, and
 * comes in larger pieces.
 */
const pullEveryMs = 500;
const pullsPerSecond = 400;

export class Fleet implements Mates {
  /** By their entries, in the order of the list. */
  private readonly entries = new Map<number, Session>();
  private readonly changes: ChangeTeller;
  /** Entries of boards that answer. */
  private readonly there = new Set<number>();
  /** When boards were last seen while they answered, by entry; milliseconds since 1970. */
  private readonly seen = new Map<number, number>();
  private readonly metListeners = new Set<(boardId: string, lastThereMs: number | null) => void>();
  private readonly closing = new AbortController();
  private lastEntry = 0;
  /** Devices that are no boards, by the ports that they were found at. */
  private readonly found = new Map<string, Device>();
  private listing: PortListing | null = null;
  private told = '';

  constructor(
    private readonly ports: PortDirectory,
    private readonly context: SessionContext,
  ) {
    this.changes = new ChangeTeller(context.clock, (changes) => {
      context.emit('boards', changes);
      this.tellPorts();
    });
  }

  boards(): Board[] {
    return this.sessions.map((session) => session.state);
  }

  async listPorts(): Promise<PortListing> {
    this.listing = await this.ports.list();
    const listed = new Set(this.listing.ports.map(({ id }) => id));
    for (const portId of this.found.keys()) if (!listed.has(portId)) this.found.delete(portId);
    this.tellPorts();
    return this.withBoards(this.listing);
  }

  /** From now on a device that is plugged in or pulled out is told of, and a board that waits for one is met. */
  async watchPorts(): Promise<void> {
    const { signal } = this.closing;
    let before = new Set<string>();
    while (!signal.aborted) {
      try {
        const { ports } = await this.listPorts();
        const appeared = ports.map(({ id }) => id).filter((id) => !before.has(id));
        before = new Set(ports.map(({ id }) => id));
        this.lookFor(appeared);
      } catch (thrown) {
        this.context.log('error', null, (thrown as Error).message);
      }
      await this.context.clock.sleep(lookForPortsEveryMs, signal).catch(() => undefined);
    }
  }

  /** @throws CurlewError BOARD_NOT_FOUND */
  session(boardId: string): Session {
    for (const session of this.sessions) if (session.state.id === boardId) return session;
    throw new CurlewError('BOARD_NOT_FOUND', `The lab knows no board with the id ${boardId}.`, { boardId });
  }

  /** Boards that the lab met before: those that were attached are met as soon as they are there, listed meanwhile. */
  restore(met: readonly MetBoard[]): void {
    for (const { baudRate, usb, kept, known } of met) {
      const at = { ...this.ports.open(known.portId, baudRate ?? undefined), usb };
      const session = this.add(at, kept ? known : { ...known, state: 'detached' });
      if (kept) session.watch();
    }
  }

  /**
   * Attaches the board at a port. A port that is attached already answers with its board; one whose board was
   * lost is tried again. A device that does not speak as it should stays listed, and is met when it does.
   * @throws CurlewError of the port and of the greeting
   */
  async attach(portId: string, baudRate?: number): Promise<Board> {
    const before = this.at(portId);
    if (before?.answers) return before.state;
    const at = this.ports.open(portId, baudRate);
    const instrument = instrumentOf(at.usb);
    if (instrument) throw otherDevice(instrument, portId);
    const session = before ?? this.add(at);
    try {
      return (await session.attach(at)).state;
    } catch (thrown) {
      const error = toCurlewError(thrown);
      if (error.code === 'PORT_OTHER') await this.finds(portId, error.context['device'] as Device);
      const speaks = error.code.startsWith('BOARD_');
      if (!session.identified && !speaks) await this.remove(session);
      throw thrown;
    }
  }

  /**
   * Asks what is behind a port; nothing is attached, and a board that is stays so.
   * @throws CurlewError of the port; PORT_BUSY while the lab greets a board there
   */
  async identify(portId: string, baudRate?: number): Promise<FoundDevice> {
    const session = this.at(portId);
    const at = this.ports.open(portId, baudRate);
    const known = session?.answers
      ? deviceOf('curlew', { detail: session.state.name, baud: session.place.baudRate })
      : instrumentOf(at.usb);
    if (known) return known;
    if (session?.holdsPort) {
      throw new CurlewError(
        'PORT_BUSY',
        `The lab asks ${portId} for a board just now; try again in a while.`,
        {
          port: portId,
        },
      );
    }
    const { signal } = this.closing;
    const stream = await at.port.open({ signal });
    try {
      const device = await identify(stream, portId, this.context.clock, signal);
      await this.finds(portId, device);
      return device;
    } finally {
      await stream.close();
    }
  }

  /** Lets go of a board; it stays listed where it has told its serial number. @throws CurlewError BOARD_NOT_FOUND */
  async detach(boardId: string, by?: Asker | null): Promise<void> {
    const session = this.session(boardId);
    if (!session.identified) return this.remove(session);
    await session.detach();
    const known = {
      ...session.state,
      state: 'detached',
      message: null,
      repeats: 0,
      continuous: false,
    } as const;
    const idle = new Session(known.entry, session.place, this.context, this, known);
    this.entries.set(known.entry, idle);
    this.changed(idle);
    idle.note('detached', `${known.name} was detached.`, { by });
    await this.context.boards.letGo(boardId);
  }

  /** Lets go of a board, and lists it no more. @throws CurlewError BOARD_NOT_FOUND */
  drop(boardId: string): Promise<void> {
    return this.remove(this.session(boardId));
  }

  /** The board that is listed with this port, if any. */
  boardAt(portId: string): Board | null {
    return this.at(portId)?.state ?? null;
  }

  async close(): Promise<void> {
    this.closing.abort();
    this.changes.close();
    await Promise.all(this.sessions.map((session) => session.detach()));
    this.entries.clear();
  }

  changed(session: Session): void {
    if (this.entries.get(session.entry) !== session) return;
    this.changes.changed(session.state);
    const { entry } = session;
    const { id, state, lastSeenMs } = session.state;
    const isThere = state === 'attached' || state === 'busy';
    const lastThereMs = this.seen.get(entry) ?? null;
    if (isThere && lastSeenMs !== null) this.seen.set(entry, lastSeenMs);
    if (!isThere) this.there.delete(entry);
    else if (!this.there.has(entry)) {
      this.there.add(entry);
      tellAll(this.metListeners, id, id, lastThereMs);
    }
  }

  /**
   * Called with the id of a board that has just been met, for the first time or again, and when it was last seen there
   * before that; null for the first time. Returns the unsubscribe function.
   */
  onMet(listener: (boardId: string, lastThereMs: number | null) => void): () => void {
    this.metListeners.add(listener);
    return () => this.metListeners.delete(listener);
  }

  get pullEveryMs(): number {
    return Math.max(pullEveryMs, (1000 * this.entries.size) / pullsPerSecond);
  }

  mayOpen(session: Session): boolean {
    const { id } = session.port;
    // An instrument that has taken a lost board's place would take a greeting for commands.
    if (instrumentOf(this.ports.open(id).usb)) return false;
    return !this.sessions.some((other) => other !== session && other.port.id === id && other.holdsPort);
  }

  ownerOf(boardId: string, finder: Session): Session {
    const owner = this.sessions.find((session) => session.state.id === boardId);
    if (owner === finder) return finder;
    // Once two of a number have been seen, only one that is gone makes way for the other.
    const gone = owner?.state.state === 'absent' || owner?.state.state === 'detached';
    const holds = finder.state.state === 'duplicate' ? !gone : owner?.answers;
    if (owner && holds) throw duplicate(owner.state, finder.port.id);
    if (!finder.identified) {
      if (owner) void this.remove(finder);
      return owner ?? finder;
    }
    return owner ?? this.add(finder.place);
  }

  private get sessions(): Session[] {
    return [...this.entries.values()];
  }

  private add(at: Place, known: Partial<Board> = {}): Session {
    const session = new Session(++this.lastEntry, at, this.context, this, known);
    this.entries.set(session.entry, session);
    if (known.lastSeenMs) this.seen.set(session.entry, known.lastSeenMs);
    this.changed(session);
    return session;
  }

  private async remove(session: Session): Promise<void> {
    this.entries.delete(session.entry);
    this.there.delete(session.entry);
    this.seen.delete(session.entry);
    this.changes.gone(session.entry);
    await session.detach();
  }

  /** The session of a port: the one that has it, where several boards were seen there. */
  private at(portId: string): Session | undefined {
    const here = this.sessions.filter((session) => session.port.id === portId);
    const wanted = here.filter((session) => session.state.state !== 'detached');
    return here.find((session) => session.holdsPort) ?? wanted[0] ?? here[0];
  }

  /** Boards that wait for one of these ports, or for one whose adapter is theirs. */
  private lookFor(appeared: readonly string[]): void {
    const absent = this.sessions.filter((session) => session.state.state === 'absent');
    for (const session of absent) {
      if (appeared.includes(session.port.id)) session.wake();
      const { usb } = session.place;
      if (usb === null) continue;
      for (const portId of this.ports.withUsb(usb)) {
        if (!appeared.includes(portId) || this.at(portId)) continue;
        void this.scout(portId, session).catch((thrown: Error) =>
          this.context.log('info', null, `${portId} is not ${session.state.name}: ${thrown.message}`),
        );
      }
    }
  }

  /** Whether the board that is looked for is at this port. @throws CurlewError of the port and of the greeting */
  private async scout(portId: string, wanted: Session): Promise<void> {
    const at = this.ports.open(portId, wanted.place.baudRate ?? undefined);
    let found = false;
    const board = await CurlewBoard.open(at.port, {
      signal: this.closing.signal,
      clock: this.context.clock,
      onLinkChange: (change) => found && wanted.linkChanged(change),
    });
    found = board.info.id === wanted.state.id && !wanted.holdsPort;
    if (found) await wanted.adopt(board, at);
    else await board.close();
  }

  /** What was found at a port stands with it for as long as that is listed. */
  private async finds(portId: string, device: Device): Promise<void> {
    if (device.kind === 'silent' || device.kind === 'curlew') this.found.delete(portId);
    else this.found.set(portId, device);
    await this.listPorts();
  }

  private tellPorts(): void {
    if (!this.listing) return;
    const listing = this.withBoards(this.listing);
    const text = JSON.stringify(listing);
    if (text === this.told) return;
    this.told = text;
    this.context.emit('ports', listing);
  }

  private withBoards(listing: PortListing): PortListing {
    const boardAt = new Map<string, string>();
    for (const session of this.sessions) {
      const { portId, id, state } = session.state;
      if (state === 'detached') continue;
      if (session.holdsPort || !boardAt.has(portId)) boardAt.set(portId, id);
    }
    const ports = listing.ports.map((port) => ({
      ...port,
      attachedBoard: boardAt.get(port.id) ?? null,
      device: port.device ?? this.found.get(port.id) ?? null,
    }));
    return { ...listing, ports };
  }
}

const duplicate = (owner: Board, portId: string): CurlewError =>
  new CurlewError(
    'BOARD_DUPLICATE',
    `The board at ${portId} has the serial number ${owner.id}, as ${owner.name} at ${owner.portId} has: ` +
      'nothing is taken from it. Detach the other one first, or give this one a number of its own.',
    { boardId: owner.id, port: portId },
  );

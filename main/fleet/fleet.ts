/** All boards of the lab, those that are not there included, and the ports that boards can be attached to. */
import { CurlewBoard } from '../../devices/drivers/curlew/board.ts';
import { CurlewError } from '../contract/error.ts';
import type { Board, PortListing } from '../contract/types.ts';
import type { KeptBoard } from '../store/board-store.ts';
import { ChangeTeller } from './change-teller.ts';
import type { Place, PortDirectory } from './port-directory.ts';
import type { SessionContext } from './session-context.ts';
import { Session, type Mates } from './session.ts';

/** How often the machine is asked for its serial devices, milliseconds. */
const lookForPortsEveryMs = 3000;

export class Fleet implements Mates {
  private readonly sessions = new Set<Session>();
  private readonly changes: ChangeTeller;
  private readonly closing = new AbortController();
  private entries = 0;
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
    return [...this.sessions].map((session) => session.state);
  }

  async listPorts(): Promise<PortListing> {
    this.listing = await this.ports.list();
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
    throw new CurlewError('BOARD_NOT_FOUND', `No board with the id ${boardId} is attached.`, { boardId });
  }

  /** Boards that were attached when the lab last ran: met as soon as they are there, listed meanwhile. */
  restore(kept: readonly KeptBoard[]): void {
    for (const { baudRate, usb, ...known } of kept) {
      const at = { ...this.ports.open(known.portId, baudRate ?? undefined), usb };
      this.add(at, known).watch();
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
    const session = before ?? this.add(at);
    try {
      return (await session.attach(at)).state;
    } catch (thrown) {
      const speaks = thrown instanceof CurlewError && thrown.code.startsWith('BOARD_');
      if (!session.identified && !speaks) await this.remove(session);
      throw thrown;
    }
  }

  /** Lets go of a board and forgets it. @throws CurlewError BOARD_NOT_FOUND */
  async detach(boardId: string): Promise<void> {
    const session = this.session(boardId);
    await this.remove(session);
    if (session.identified) await this.context.boards.forget(boardId);
  }

  async close(): Promise<void> {
    this.closing.abort();
    this.changes.close();
    await Promise.all([...this.sessions].map((session) => session.detach()));
    this.sessions.clear();
  }

  changed(session: Session): void {
    if (this.sessions.has(session)) this.changes.changed(session.state);
  }

  mayOpen(session: Session): boolean {
    const { id } = session.port;
    return ![...this.sessions].some((other) => other !== session && other.port.id === id && other.holdsPort);
  }

  ownerOf(boardId: string, finder: Session): Session {
    const owner = [...this.sessions].find((session) => session.state.id === boardId);
    if (owner === finder) return finder;
    // Once two of a number have been seen, only one that is gone makes way for the other.
    const holds = finder.state.state === 'duplicate' ? owner?.state.state !== 'absent' : owner?.answers;
    if (owner && holds) throw duplicate(owner.state, finder.port.id);
    if (!finder.identified) {
      if (owner) void this.remove(finder);
      return owner ?? finder;
    }
    return owner ?? this.add(finder.place);
  }

  private add(at: Place, known: Partial<Board> = {}): Session {
    const session = new Session(++this.entries, at, this.context, this, known);
    this.sessions.add(session);
    this.changed(session);
    return session;
  }

  private async remove(session: Session): Promise<void> {
    this.sessions.delete(session);
    this.changes.gone(session.state.entry);
    await session.detach();
  }

  /** The session of a port: the one that has it, where several boards were seen there. */
  private at(portId: string): Session | undefined {
    const here = [...this.sessions].filter((session) => session.port.id === portId);
    return here.find((session) => session.holdsPort) ?? here[0];
  }

  /** Boards that wait for one of these ports, or for one whose adapter is theirs. */
  private lookFor(appeared: readonly string[]): void {
    const absent = [...this.sessions].filter((session) => session.state.state === 'absent');
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
      const { portId, id } = session.state;
      if (session.holdsPort || !boardAt.has(portId)) boardAt.set(portId, id);
    }
    const ports = listing.ports.map((port) => ({ ...port, attachedBoard: boardAt.get(port.id) ?? null }));
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

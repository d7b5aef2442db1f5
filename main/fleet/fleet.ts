/** All attached boards, and the ports that boards can be attached to. */
import type { Port } from '../../devices/drivers/port.ts';
import { CurlewError } from '../contract/error.ts';
import type { Board, PortListing } from '../contract/types.ts';
import type { PortDirectory } from './port-directory.ts';
import { Session, type SessionContext } from './session.ts';

export type FleetContext = Omit<SessionContext, 'changed'>;

/** How often the machine is asked for its serial devices, milliseconds. */
const lookForPortsEveryMs = 3000;

export class Fleet {
  private readonly sessions = new Map<string, Session>();
  private listing: PortListing | null = null;
  private told = '';
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(
    private readonly ports: PortDirectory,
    private readonly context: FleetContext,
  ) {}

  boards(): Board[] {
    return [...this.sessions.values()].map((session) => session.state);
  }

  async listPorts(): Promise<PortListing> {
    this.listing = await this.ports.list();
    this.tellPorts();
    return this.withBoards(this.listing);
  }

  /** From now on a device that is plugged in or pulled out is told of. */
  watchPorts(): void {
    const look = (): void => {
      void this.listPorts()
        .catch((thrown: Error) => this.context.log('error', null, thrown.message))
        .finally(() => {
          if (!this.closed) this.timer = setTimeout(look, lookForPortsEveryMs);
        });
    };
    look();
  }

  /** @throws CurlewError BOARD_NOT_FOUND */
  session(boardId: string): Session {
    for (const session of this.sessions.values()) if (session.state.id === boardId) return session;
    throw new CurlewError('BOARD_NOT_FOUND', `No board with the id ${boardId} is attached.`, { boardId });
  }

  /**
   * Attaches the board at a port. A port that is attached already answers with its board; one whose board was
   * lost is tried again.
   * @throws CurlewError of the port and of the greeting
   */
  async attach(portId: string, baudRate?: number): Promise<Board> {
    const before = this.sessions.get(portId);
    if (before && (before.state.state === 'attached' || before.state.state === 'busy')) return before.state;
    if (before) await before.detach();
    const { port, lineBytesPerSecond } = this.ports.open(portId, baudRate);
    return this.attachPort(port, lineBytesPerSecond);
  }

  private async attachPort(port: Port, lineBytesPerSecond: number | null): Promise<Board> {
    const session = new Session(port, lineBytesPerSecond, { ...this.context, changed: () => this.changed() });
    this.sessions.set(port.id, session);
    this.changed();
    try {
      await session.attach();
    } catch (thrown) {
      // A device that speaks garbage stays on the list to be seen; one that is not there does not.
      const garbage = thrown instanceof CurlewError && thrown.code === 'BOARD_GARBAGE';
      if (!garbage && this.sessions.get(port.id) === session) this.sessions.delete(port.id);
      this.changed();
      throw thrown;
    }
    return session.state;
  }

  async detach(boardId: string): Promise<void> {
    const session = this.session(boardId);
    await session.detach();
    this.sessions.delete(session.port.id);
    this.changed();
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await Promise.all([...this.sessions.values()].map((session) => session.detach()));
    this.sessions.clear();
  }

  private changed(): void {
    this.context.emit('boards', this.boards());
    this.tellPorts();
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
    const attachedTo = (portId: string) => this.sessions.get(portId)?.state.id ?? null;
    return {
      ...listing,
      ports: listing.ports.map((port) => ({ ...port, attachedBoard: attachedTo(port.id) })),
    };
  }
}

/** The lab's connection to a broker: opened again whenever it is lost, ever less often; what waits goes when it stands. */
import type { Clock } from '../../../devices/protocol/clock.ts';
import { onAbort } from '../../../devices/protocol/abort.ts';
import type { Message, Outbox } from './outbox.ts';

export interface Broker {
  /** Resolves once the broker has it; rejects where it will not. */
  publish(topic: string, payload: string, retain: boolean): Promise<void>;
  /** Resolves, with a sentence, when the connection is gone that was not closed here. */
  readonly lost: Promise<string>;
  /** Never rejects. */
  close(): Promise<void>;
}

export interface ConnectionRooms {
  /** Rejects with a sentence as its message. */
  open(signal: AbortSignal): Promise<Broker>;
  outbox: Outbox;
  clock: Clock;
  /** All that the broker should keep is to be put into the outbox: it may have lost it. */
  onConnected(): void;
  onChange(): void;
  /** Said before the connection is closed in good order. */
  farewell: Message;
}

export type ConnectionState = 'connecting' | 'connected' | 'waiting';

/** Messages that the broker has not acknowledged yet. */
const mostInFlight = 32;
const farewellMs = 2000;
const firstWaitMs = 1000;
const longestWaitMs = 60_000;

/** @param failures in a row so far, 0 for the first @returns milliseconds */
export const waitAfter = (failures: number): number =>
  Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(failures, 16));

export class Connection {
  state: ConnectionState = 'connecting';
  /** Why there is none at the moment; null while there is one. */
  problem: string | null = null;
  /** Messages that brokers acknowledged. */
  published = 0;
  /** Messages that a broker would not take. */
  refused = 0;
  private broker: Broker | null = null;
  private readonly inFlight = new Set<Message>();
  private readonly stopping = new AbortController();
  private readonly stopped = whenAborted(this.stopping.signal);
  private readonly running: Promise<void>;

  constructor(private readonly rooms: ConnectionRooms) {
    this.running = this.run();
  }

  /** Sends what waits, as far as the broker keeps up. */
  pump(): void {
    const { broker } = this;
    if (!broker) return;
    while (this.inFlight.size < mostInFlight) {
      const message = this.rooms.outbox.take();
      if (!message) return;
      this.inFlight.add(message);
      broker.publish(message.topic, message.payload(), message.retain).then(
        () => this.answered(broker, message, true),
        () => this.answered(broker, message, false),
      );
    }
  }

  /** Says that the lab is gone, where somebody hears it, and closes. Never rejects. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { clock } = this.rooms;
    const { signal } = this.stopping;
    for (let failures = 0; !signal.aborted; failures++) {
      this.change('connecting', this.problem);
      const before = this.published;
      const problem = await this.connected();
      if (signal.aborted) return;
      if (this.published > before) failures = 0;
      this.change('waiting', problem);
      await clock.sleep(waitAfter(failures), signal).catch(() => undefined);
    }
  }

  /** @returns why there is no connection any more */
  private async connected(): Promise<string> {
    const { signal } = this.stopping;
    let broker: Broker;
    try {
      broker = await this.rooms.open(signal);
    } catch (thrown) {
      return (thrown as Error).message;
    }
    this.broker = broker;
    this.change('connected', null);
    this.rooms.onConnected();
    this.pump();
    const problem = await Promise.race([broker.lost, this.stopped]);
    this.broker = null;
    for (const message of this.inFlight) this.rooms.outbox.putBack(message);
    this.inFlight.clear();
    if (problem !== null) return problem;
    await this.bidFarewell(broker);
    await broker.close();
    return '';
  }

  private async bidFarewell(broker: Broker): Promise<void> {
    const { farewell, clock } = this.rooms;
    const said = broker.publish(farewell.topic, farewell.payload(), farewell.retain).catch(() => undefined);
    const enough = new AbortController();
    const late = clock.sleep(farewellMs, enough.signal).catch(() => undefined);
    await Promise.race([said, broker.lost, late]);
    enough.abort();
  }

  private answered(broker: Broker, message: Message, taken: boolean): void {
    // One that was put back meanwhile is sent again.
    if (broker !== this.broker || !this.inFlight.delete(message)) return;
    if (taken) this.published++;
    else this.refused++;
    this.pump();
  }

  private change(state: ConnectionState, problem: string | null): void {
    const same = this.state === state && this.problem === problem;
    this.state = state;
    this.problem = problem;
    if (!same) this.rooms.onChange();
  }
}

const whenAborted = (signal: AbortSignal): Promise<null> =>
  new Promise((resolve) => void onAbort(signal, () => resolve(null)));

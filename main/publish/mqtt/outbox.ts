/** What is still to be said to a broker: states of which the newest alone counts, and events, each of which does. */

export interface Message {
  topic: string;
  /** Of a state made when it is sent: the newest. Empty: what the broker keeps of the topic goes. */
  payload(): string;
  /** The broker keeps it for whoever comes later. */
  retain: boolean;
}

export class Outbox {
  private readonly states = new Map<string, Message>();
  private events: Message[] = [];
  /** Events that found no room, the oldest first. */
  dropped = 0;

  /** @param mostEvents that wait at once; states are one a topic */
  constructor(private readonly mostEvents: number) {}

  get waiting(): number {
    return this.states.size + this.events.length;
  }

  /** A state that waits keeps its place, so that no topic is put off for ever. */
  put(message: Message): void {
    if (message.retain) {
      this.states.set(message.topic, message);
      return;
    }
    this.events.push(message);
    this.shed();
  }

  /** Was sent, but perhaps not received. */
  putBack(message: Message): void {
    if (message.retain) {
      if (!this.states.has(message.topic)) this.states.set(message.topic, message);
      return;
    }
    this.events.unshift(message);
    this.shed();
  }

  /** Events before states: there are fewer of them, and somebody waits for them. */
  take(): Message | undefined {
    const event = this.events.shift();
    if (event) return event;
    const [first] = this.states;
    if (!first) return undefined;
    this.states.delete(first[0]);
    return first[1];
  }

  clearStates(): void {
    this.states.clear();
  }

  private shed(): void {
    const over = this.events.length - this.mostEvents;
    if (over <= 0) return;
    this.events = this.events.slice(over);
    this.dropped += over;
  }
}

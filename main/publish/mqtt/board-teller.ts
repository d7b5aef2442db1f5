/** Which boards are to be told of when: what changed of them at once, what they recorded now and then. */
import type { Clock } from '../../../devices/protocol/clock.ts';
import type { BoardChanges, MqttSettings, NamedRecord } from '../../contract/types.ts';
import type { Details } from '../../fleet/details/details.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import {
  discoveryText,
  discoveryTopic,
  isNamed,
  isThere,
  stateText,
  topicsOf,
  type ToldBoard,
  type Topics,
} from './board-messages.ts';
import type { Outbox } from './outbox.ts';
import { Summaries } from './summaries.ts';

export interface TellerRooms {
  fleet: Pick<Fleet, 'boards'>;
  details: Pick<Details, 'of' | 'groupOf'>;
  /** Of this program. */
  version: string;
  clock: Clock;
}

/** What of a board is told at once; the rest changes with every record. */
const atOnce = ['state', 'message', 'name', 'firmware', 'activeExpert', 'activeRouter'] as const;

export class BoardTeller {
  readonly topics: Topics;
  private readonly summaries = new Summaries();
  /** Ids of those that are told of, by entry. */
  private readonly entries = new Map<number, string>();
  private readonly endTimer: () => void;

  /** @param onDue something was put into the outbox */
  constructor(
    private readonly settings: MqttSettings,
    private readonly outbox: Outbox,
    private readonly onDue: () => void,
    private readonly rooms: TellerRooms,
  ) {
    this.topics = topicsOf(settings.prefix);
    this.endTimer = rooms.clock.every(settings.everyS * 1000, () => this.sumUp());
  }

  close(): void {
    this.endTimer();
  }

  /** All that a broker keeps of this lab. */
  all(): void {
    this.outbox.put({ topic: this.topics.status, payload: () => 'online', retain: true });
    for (const { entry, id } of this.rooms.fleet.boards()) this.board(entry, id, true);
    this.onDue();
  }

  changed({ added, changed, gone }: BoardChanges): void {
    for (const { entry, id } of added) this.board(entry, id, true);
    const ids = new Map(this.rooms.fleet.boards().map(({ entry, id }) => [entry, id]));
    for (const change of changed) {
      const { entry } = change;
      const id = change.id ?? ids.get(entry);
      if (id === undefined || !atOnce.some((field) => field in change)) continue;
      const isNew = this.entries.get(entry) !== id;
      this.board(entry, id, isNew || 'name' in change || 'firmware' in change);
    }
    for (const entry of gone) this.forget(entry);
    this.onDue();
  }

  /** What a person calls boards, and where they stand, is another than before. @param boardIds null: all */
  renamed(boardIds: readonly string[] | null): void {
    const among = boardIds && new Set(boardIds);
    for (const { entry, id } of this.rooms.fleet.boards())
      if (among === null || among.has(id)) this.board(entry, id, true);
    this.onDue();
  }

  recorded(boardId: string, records: readonly NamedRecord[]): void {
    this.summaries.add(boardId, records);
  }

  private sumUp(): void {
    for (const boardId of this.summaries.close()) this.state(boardId);
    this.onDue();
  }

  private board(entry: number, id: string, isNew: boolean): void {
    if (!isNamed({ id })) return;
    this.entries.set(entry, id);
    const { discoveryPrefix } = this.settings;
    if (isNew && discoveryPrefix !== '')
      this.due(discoveryTopic(discoveryPrefix, id), id, (one) =>
        discoveryText(one, this.topics, this.rooms.version),
      );
    this.due(this.topics.availability(id), id, ({ board }) => (isThere(board) ? 'online' : 'offline'));
    this.state(id);
  }

  private state(id: string): void {
    this.due(this.topics.state(id), id, stateText);
  }

  /** Where the board is gone meanwhile the broker keeps nothing of it. */
  private due(topic: string, id: string, text: (one: ToldBoard) => string): void {
    const payload = (): string => {
      const one = this.told(id);
      return one === null ? '' : text(one);
    };
    this.outbox.put({ topic, payload, retain: true });
  }

  private told(id: string): ToldBoard | null {
    const board = this.rooms.fleet.boards().find((one) => one.id === id);
    if (!board) return null;
    const { name, site } = this.rooms.details.of(id);
    const group = this.rooms.details.groupOf(id)?.name ?? '';
    return { board, name: name || board.name, site, group, summary: this.summaries.of(id) };
  }

  private forget(entry: number): void {
    const id = this.entries.get(entry);
    if (id === undefined) return;
    this.entries.delete(entry);
    // Another entry may have taken the board over.
    if (this.told(id) !== null) return;
    this.summaries.forget(id);
    const { discoveryPrefix } = this.settings;
    const topics = [this.topics.availability(id), this.topics.state(id)];
    if (discoveryPrefix !== '') topics.unshift(discoveryTopic(discoveryPrefix, id));
    for (const topic of topics) this.outbox.put({ topic, payload: () => '', retain: true });
  }
}

/** MQTT, off until a person switches it on: what boards are like and what they record, told to a broker. */
import type { Clock } from '../../../devices/protocol/clock.ts';
import { toCurlewError } from '../../contract/error.ts';
import type { Emit } from '../../contract/events.ts';
import type {
  BoardChanges,
  BoardDetails,
  MqttSettings,
  MqttState,
  NamedRecord,
  PublishTest,
} from '../../contract/types.ts';
import type { EventMessage } from '../../contract/wire.ts';
import { BoardTeller, type TellerRooms } from './board-teller.ts';
import { openBroker } from './broker.ts';
import { Connection } from './connection.ts';
import { Outbox } from './outbox.ts';
import { MqttFile, usualMqtt, type KeptMqtt } from './settings.ts';
import { testBroker } from './test-broker.ts';

export interface MqttRooms extends TellerRooms {
  dataFolder: string;
  clock: Clock;
  emit: Emit;
  /** A line of the lab's log. */
  onProblem(text: string): void;
}

/** Alerts that wait for a broker. */
const mostAlerts = 1000;

interface Running {
  outbox: Outbox;
  teller: BoardTeller;
  connection: Connection;
}

export class Mqtt {
  private readonly file: MqttFile;
  private kept: KeptMqtt = { on: false, settings: usualMqtt, secret: null };
  private running: Running | null = null;
  /** Why what is kept cannot be used. */
  private problem: string | null = null;
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(private readonly rooms: MqttRooms) {
    this.file = new MqttFile(rooms.dataFolder);
  }

  /** Connects where it is on; what is wrong with what is kept stands in the log, and the lab opens all the same. */
  static async open(rooms: MqttRooms): Promise<Mqtt> {
    const mqtt = new Mqtt(rooms);
    try {
      mqtt.kept = await mqtt.file.read();
      await mqtt.start();
    } catch (thrown) {
      mqtt.fail(thrown);
    }
    return mqtt;
  }

  state(): MqttState {
    const { kept, running, problem } = this;
    const { connection, outbox } = running ?? {};
    return {
      ...{ on: kept.on, settings: kept.settings, hasPassword: kept.secret !== null },
      connection: connection?.state ?? 'off',
      problem: problem ?? connection?.problem ?? null,
      published: connection?.published ?? 0,
      waiting: outbox?.waiting ?? 0,
      dropped: outbox?.dropped ?? 0,
      refused: connection?.refused ?? 0,
    };
  }

  /**
   * @param password left out: as before; null: none
   * @throws CurlewError KEY_STORE where the password cannot be kept
   */
  set(on: boolean, settings: MqttSettings, password?: string | null): Promise<MqttState> {
    return this.exclusively(async () => {
      this.kept = await this.file.write({ on, settings }, this.kept.secret, password);
      await this.stop();
      this.problem = null;
      try {
        await this.start();
      } catch (thrown) {
        this.fail(thrown);
      }
      this.rooms.emit('mqtt', null);
      return this.state();
    });
  }

  /** @throws CurlewError KEY_STORE where the password cannot be reached */
  async test(): Promise<PublishTest> {
    const { settings } = this.kept;
    return testBroker(
      { settings, password: await this.file.password(this.kept), will: null },
      this.rooms.clock,
    );
  }

  /** Any event of the lab. */
  heard({ event, payload }: EventMessage): void {
    const teller = this.running?.teller;
    if (event === 'boards') teller?.changed(payload as BoardChanges);
    if (event === 'details') teller?.renamed((payload as BoardDetails[]).map(({ boardId }) => boardId));
    if (event === 'groups') teller?.renamed(null);
  }

  recorded(boardId: string, records: readonly NamedRecord[]): void {
    this.running?.teller.recorded(boardId, records);
  }

  /** @param text JSON */
  alert(text: string): void {
    if (!this.running) return;
    const { outbox, teller, connection } = this.running;
    outbox.put({ topic: teller.topics.alerts, payload: () => text, retain: false });
    connection.pump();
  }

  /** Tells the broker that the lab is gone. Never rejects. */
  close(): Promise<void> {
    return this.exclusively(() => this.stop());
  }

  private async start(): Promise<void> {
    const { on, settings } = this.kept;
    if (!on) return;
    const password = await this.file.password(this.kept);
    const outbox = new Outbox(mostAlerts);
    const teller = new BoardTeller(settings, outbox, () => this.running?.connection.pump(), this.rooms);
    const { status } = teller.topics;
    const connection = new Connection({
      ...{ outbox, clock: this.rooms.clock },
      open: (signal) =>
        openBroker({ settings, password, will: { topic: status, payload: 'offline' } }, signal),
      onConnected: () => teller.all(),
      onChange: () => this.changed(),
      farewell: { topic: status, payload: () => 'offline', retain: true },
    });
    this.running = { outbox, teller, connection };
  }

  private async stop(): Promise<void> {
    const { running } = this;
    this.running = null;
    running?.teller.close();
    await running?.connection.stop();
  }

  private changed(): void {
    const { state, problem } = this.running?.connection ?? {};
    if (state === 'waiting' && problem) this.rooms.onProblem(problem);
    this.rooms.emit('mqtt', null);
  }

  private fail(thrown: unknown): void {
    this.problem = toCurlewError(thrown).message;
    this.rooms.onProblem(this.problem);
  }

  private exclusively<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turn.then(work);
    this.turn = mine.catch(() => undefined);
    return mine;
  }
}

import { describe, expect, it } from 'vitest';
import { TestClock } from '../../../devices/protocol/test-clock.ts';
import { Connection, waitAfter, type Broker } from './connection.ts';
import { Outbox } from './outbox.ts';

interface Scripted extends Broker {
  /** What it was given, and how it answers that. */
  given: { topic: string; payload: string; answer(taken: boolean): void }[];
  closed: boolean;
  lose(why: string): void;
}

function scripted(): Scripted {
  let lose: (why: string) => void = () => undefined;
  const lost = new Promise<string>((resolve) => (lose = resolve));
  const broker: Scripted = {
    ...{ given: [], closed: false, lost, lose: (why) => lose(why) },
    publish: (topic, payload) =>
      new Promise((resolve, reject) => {
        const answer = (taken: boolean): void => (taken ? resolve() : reject(new Error('no')));
        broker.given.push({ topic, payload, answer });
      }),
    close: async () => void (broker.closed = true),
  };
  return broker;
}

function opened(brokers: (Scripted | Error)[]) {
  const clock = new TestClock();
  const outbox = new Outbox(100);
  const changes: string[] = [];
  const openedAt: number[] = [];
  const connection = new Connection({
    ...{ outbox, clock },
    open: async () => {
      openedAt.push(clock.nowMs());
      const next = brokers.shift() ?? new Error('there is none any more');
      if (next instanceof Error) throw next;
      return next;
    },
    onConnected: () => outbox.put({ topic: 'status', payload: () => 'online', retain: true }),
    onChange: () => changes.push(`${connection.state} ${connection.problem}`),
    farewell: { topic: 'status', payload: () => 'offline', retain: true },
  });
  const put = (text: string): void => {
    outbox.put({ topic: 'alerts', payload: () => text, retain: false });
    connection.pump();
  };
  return { clock, outbox, changes, openedAt, connection, put };
}

describe('a connection to a broker', () => {
  it('sends what waits once it stands, and no more at once than is acknowledged', async () => {
    const broker = scripted();
    const { clock, connection, put } = opened([broker]);
    for (let n = 0; n < 40; n++) put(String(n));
    await clock.turn(0);
    expect(connection.state).toBe('connected');
    expect(broker.given).toHaveLength(32);
    broker.given[0]!.answer(true);
    broker.given[1]!.answer(false);
    await clock.turn(0);
    expect([broker.given.length, connection.published, connection.refused]).toEqual([34, 1, 1]);
  });

  it('is tried again ever less often, and soon again once it had stood', async () => {
    const broker = scripted();
    const no = new Error('nothing listens');
    const { clock, openedAt, changes } = opened([no, no, no, broker, no]);
    await clock.turn(7000);
    expect(openedAt).toEqual([0, 1000, 3000, 7000]);
    broker.given[0]!.answer(true);
    await clock.turn(0);
    broker.lose('it was killed');
    await clock.turn(1000);
    expect(openedAt).toEqual([0, 1000, 3000, 7000, 8000]);
    expect(changes).toEqual([
      ...Array.from({ length: 3 }, () => ['waiting nothing listens', 'connecting nothing listens']).flat(),
      ...['connected null', 'waiting it was killed', 'connecting it was killed', 'waiting nothing listens'],
    ]);
  });

  it('waits a minute at the longest', () => {
    expect([0, 1, 5, 6, 1000].map(waitAfter)).toEqual([1000, 2000, 32_000, 60_000, 60_000]);
  });

  it('sends again what was on its way when it was lost, and drops none of it', async () => {
    const [first, second] = [scripted(), scripted()];
    const { clock, put, connection } = opened([first, second]);
    put('one');
    put('two');
    await clock.turn(0);
    expect(first.given.map(({ payload }) => payload)).toEqual(['one', 'two', 'online']);
    first.given[0]!.answer(true);
    await clock.turn(0);
    first.lose('it was killed');
    put('three');
    await clock.turn(1000);
    // Acknowledged by the one that is gone: too late.
    first.given[1]!.answer(true);
    await clock.turn(0);
    expect(second.given.map(({ payload }) => payload).sort()).toEqual(['online', 'three', 'two']);
    expect(connection.published).toBe(1);
  });

  it('says that the lab is gone before it is closed, and does not wait for ever to be heard', async () => {
    const [heard, deaf] = [scripted(), scripted()];
    for (const broker of [heard, deaf]) {
      const { clock, connection } = opened([broker]);
      await clock.turn(0);
      const stopped = connection.stop();
      await clock.turn(0);
      expect(broker.given.at(-1)).toMatchObject({ topic: 'status', payload: 'offline' });
      if (broker === heard) broker.given.at(-1)!.answer(true);
      await clock.turn(broker === heard ? 0 : 2000);
      await stopped;
      expect(broker.closed).toBe(true);
    }
  });

  it('that is stopped while it waits opens no other', async () => {
    const { clock, connection, openedAt } = opened([new Error('nothing listens')]);
    await clock.turn(0);
    await connection.stop();
    await clock.turn(100_000);
    expect(openedAt).toEqual([0]);
  });
});

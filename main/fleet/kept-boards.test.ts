/** Boards that come, go, freeze, babble and are taken for each other: real firmware, cut lines, a clock that is turned. */
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Port } from '../../devices/drivers/port.ts';
import { packExpert } from '../../models/packing/pack.ts';
import { randomExpert } from '../../test/fixtures/random-expert.ts';
import { CurlewError } from '../contract/error.ts';
import { TestFleet, type TestBoard } from './testing.ts';

const usb0 = '/dev/ttyUSB0';
const usb1 = '/dev/ttyUSB1';
const seconds = 1000;

let world: TestFleet;
beforeEach(() => {
  world = new TestFleet();
});
afterEach(() => world.close());

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'resolved',
    (error: unknown) => (error as CurlewError).code,
  );

/** Plugs a board in and attaches it. */
async function attached(path: string, number: number, usb: string | null = null): Promise<TestBoard> {
  const made = await world.board(number);
  world.machine.plug(path, made.line, usb);
  await world.attach(path);
  return made;
}

/** A device that says the same all the time; silent while `says` is null. */
function device(says: () => string | null): Port {
  return {
    id: 'device',
    kind: 'serial',
    open: async () => {
      let end = (): void => undefined;
      const closed = new Set<(reason: Error | undefined) => void>();
      return {
        write: async () => undefined,
        onData: (listener) => {
          end = world.clock.every(50, () => {
            const text = says();
            if (text !== null) listener(new TextEncoder().encode(text));
          });
          return end;
        },
        onClose: (listener) => {
          closed.add(listener);
          return () => closed.delete(listener);
        },
        close: async () => {
          end();
          for (const listener of closed) listener(undefined);
        },
      };
    },
  };
}

describe('a lab that starts again', () => {
  test('attaches every board again that is there, and lists the others as absent until they are', async () => {
    await attached(usb0, 1);
    const second = await attached(usb1, 2);
    await world.machine.pull(usb1);
    await world.restart();
    await world.clock.turn(5 * seconds);
    expect(world.fleet.boards()).toMatchObject([
      { portId: usb0, name: 'board-1', state: 'attached' },
      { portId: usb1, name: 'board-2', state: 'absent' },
    ]);
    world.machine.plug(usb1, second.line);
    await world.clock.turn(5 * seconds);
    expect(world.at(usb1)).toMatchObject({ name: 'board-2', state: 'attached' });
  });

  test('lets a board be that was detached, and lists it as it was last seen until it is attached again', async () => {
    const { line } = await attached(usb0, 1);
    const { entry } = world.at(usb0)!;
    await world.clock.run(world.fleet.detach('01'.repeat(8), 'page'));
    expect(world.fleet.boards()).toMatchObject([{ entry, name: 'board-1', state: 'detached' }]);
    await world.restart();
    await world.clock.turn(60 * seconds);
    expect(world.fleet.boards()).toMatchObject([
      { name: 'board-1', state: 'detached', firmware: expect.stringMatching(/\d/) },
    ]);
    expect(world.fleet.boards()[0]?.lastSeenMs).toBeGreaterThan(0);
    world.machine.plug(usb0, line);
    expect(await world.attach(usb0)).toMatchObject({ id: '01'.repeat(8), state: 'attached' });
    expect(world.boardLog.map(({ kind, by }) => [kind, by])).toEqual([
      ['attached', null],
      ['detached', 'page'],
      ['attached', null],
    ]);
  });

  test('says of a board that it has started anew meanwhile', async () => {
    const { board, line } = await attached(usb0, 1);
    await world.machine.pull(usb0);
    await world.restart();
    board.switchOff();
    await (await board.open()).close();
    world.machine.plug(usb0, line);
    await world.clock.turn(5 * seconds);
    expect(world.boardLog.at(-1)).toMatchObject({
      kind: 'restarted',
      text: 'board-1 has restarted: its power came back, or it was switched on.',
    });
  });

  test('meets a board that was detached at another port as the one it is', async () => {
    const { line } = await attached(usb0, 1);
    await world.clock.run(world.fleet.detach('01'.repeat(8)));
    await world.machine.pull(usb0);
    world.machine.plug(usb1, line);
    expect(await world.attach(usb1)).toMatchObject({ id: '01'.repeat(8), portId: usb1 });
    expect(world.fleet.boards()).toHaveLength(1);
  });

  test('meets another board at the port of one that was detached, and leaves that one listed', async () => {
    await attached(usb0, 1);
    await world.clock.run(world.fleet.detach('01'.repeat(8)));
    await world.machine.pull(usb0);
    world.machine.plug(usb0, (await world.board(2)).line);
    await world.attach(usb0);
    const states = Object.fromEntries(world.fleet.boards().map(({ name, state }) => [name, state]));
    expect(states).toEqual({ 'board-1': 'absent', 'board-2': 'attached' });
  });

  test('finds a board at another port by its adapter and its serial number', async () => {
    const { line } = await attached(usb0, 1, 'adapter');
    await world.machine.pull(usb0);
    await world.restart();
    void world.fleet.watchPorts();
    await world.clock.turn(5 * seconds);
    expect(world.fleet.boards()).toMatchObject([{ portId: usb0, state: 'absent' }]);
    world.machine.plug(usb1, line, 'adapter');
    await world.clock.turn(10 * seconds);
    expect(world.fleet.boards()).toMatchObject([{ portId: usb1, name: 'board-1', state: 'attached' }]);
  });
});

describe('a serial number', () => {
  test('is the board, at whichever port it is attached', async () => {
    const { line } = await attached(usb0, 1);
    await world.machine.pull(usb0);
    await world.clock.turn(100);
    world.machine.plug(usb1, line);
    const board = await world.attach(usb1);
    expect(board).toMatchObject({ id: '01'.repeat(8), portId: usb1, state: 'attached' });
    expect(world.fleet.boards()).toHaveLength(1);
  });

  test('that is there twice is told and refused, and nothing is taken from the second', async () => {
    const first = await attached(usb0, 1);
    await listening(first, usb0);
    const twin = await world.board(1);
    world.machine.plug(usb1, twin.line);
    expect(await codeOf(world.attach(usb1))).toBe('BOARD_DUPLICATE');
    twin.board.setMicrophone(sound);
    await world.clock.turn(30 * seconds);
    expect(world.at(usb1)).toMatchObject({ state: 'duplicate' });
    expect(world.at(usb1)?.message).toContain(usb0);
    expect(world.at(usb0)).toMatchObject({ state: 'attached' });
    expect(new Set(world.stored.map((record) => record.bootId))).toEqual(new Set([101]));
    // Once the first is gone the other one may be the board.
    await world.machine.pull(usb0);
    await world.clock.turn(60 * seconds);
    expect(world.fleet.boards()).toMatchObject([{ portId: usb1, state: 'attached' }]);
  });

  test('of another board at the same port leaves the first one absent', async () => {
    await attached(usb0, 1);
    await world.machine.pull(usb0);
    world.machine.plug(usb0, (await world.board(2)).line);
    await world.clock.turn(10 * seconds);
    const states = Object.fromEntries(world.fleet.boards().map(({ name, state }) => [name, state]));
    expect(states).toEqual({ 'board-1': 'absent', 'board-2': 'attached' });
  });
});

describe('a board that does not answer', () => {
  test('is shown as silent within ten seconds, and as attached once it answers', async () => {
    const { line } = await attached(usb0, 1);
    line.setCut(true);
    await world.clock.turn(10 * seconds);
    expect(world.at(usb0)).toMatchObject({ state: 'silent', name: 'board-1' });
    line.setCut(false);
    await world.clock.turn(15 * seconds);
    expect(world.at(usb0)).toMatchObject({ state: 'attached', message: null });
    expect(world.log.filter((line) => line.text.includes('no longer answers'))).toHaveLength(1);
  });

  test('keeps none of the others waiting', async () => {
    const { line } = await attached(usb0, 1);
    const other = await attached(usb1, 2);
    await listening(other, usb1);
    line.setCut(true);
    const before = world.stored.length;
    await world.clock.turn(20 * seconds);
    expect(world.stored.length - before).toBeGreaterThan(30);
    expect(world.at(usb1)?.state).toBe('attached');
  });

  test.each<[string, string | null, string]>([
    ['babbles', 'hello from another firmware\r\n', 'garbage'],
    ['is silent', null, 'silent'],
  ])('and %s when it is first met stays listed, and is met when it is sound', async (_, says, state) => {
    world.machine.plug(
      usb0,
      device(() => says),
    );
    await codeOf(world.attach(usb0));
    expect(world.at(usb0)).toMatchObject({ state, id: `port:${usb0}` });
    await world.clock.turn(300 * seconds);
    expect(world.at(usb0)).toMatchObject({ state, repeats: 1 });
    expect(world.log.length).toBeLessThan(5);
    await world.machine.pull(usb0);
    world.machine.plug(usb0, (await world.board(3)).line);
    await world.clock.turn(30 * seconds);
    expect(world.at(usb0)).toMatchObject({ state: 'attached', name: 'board-3' });
  });

  test('at a port that is not there is not listed', async () => {
    expect(await codeOf(world.attach('/dev/nothing'))).toBe('PORT_NOT_FOUND');
    expect(world.fleet.boards()).toEqual([]);
  });
});

describe('listening', () => {
  test('is shown as the board says, after its cable was pulled and after it has restarted', async () => {
    const made = await attached(usb0, 1);
    await listening(made, usb0);
    world.fleet.session('01'.repeat(8)).setListening(true);
    await world.machine.pull(usb0);
    world.machine.plug(usb0, made.line);
    await world.clock.turn(10 * seconds);
    expect(world.at(usb0)).toMatchObject({ state: 'attached', continuous: true });
    await world.clock.run(world.fleet.session('01'.repeat(8)).connected().reset());
    await world.clock.turn(5 * seconds);
    expect(world.at(usb0)).toMatchObject({ continuous: false });
  });

  test('that the board ends by itself is seen', async () => {
    const made = await attached(usb0, 1);
    await listening(made, usb0);
    await world.clock.turn(15 * seconds);
    expect(world.at(usb0)).toMatchObject({ continuous: true });
    made.board.setMicrophone(null);
    await world.clock.turn(15 * seconds);
    expect(world.at(usb0)).toMatchObject({ continuous: false });
  });

  test('is at the hop that the board is set to, and each record has its own time', async () => {
    const made = await attached(usb0, 1);
    const session = world.fleet.session('01'.repeat(8));
    const settings = await world.clock.run(session.connected().settings());
    await world.clock.run(session.connected().changeSettings({ ...settings, hopSamples: 32_000 }));
    await listening(made, usb0);
    await world.clock.turn(30 * seconds);
    const times = world.stored.map((record) => record.atMs);
    expect(times.length).toBeGreaterThan(10);
    for (const [i, time] of times.slice(1).entries()) {
      expect(time - (times[i] as number)).toBeGreaterThan(1500);
      expect(time - (times[i] as number)).toBeLessThan(2500);
    }
    for (const { errorMs } of world.stored) expect(errorMs).toBeLessThan(100);
  });
});

describe('what the page is told', () => {
  test('of what fails again and again is one sentence with a count, gone once it is mended', async () => {
    const made = await attached(usb0, 1);
    world.failure = new CurlewError('STORE_FAILED', 'The disk is full.');
    await listening(made, usb0);
    await world.clock.turn(60 * seconds);
    expect(world.at(usb0)).toMatchObject({ state: 'attached', message: 'The disk is full.' });
    expect(world.at(usb0)?.repeats).toBeGreaterThan(5);
    world.failure = null;
    await world.clock.turn(10 * seconds);
    expect(world.at(usb0)).toMatchObject({ state: 'attached', message: null, repeats: 0 });
    // Nothing was lost meanwhile.
    expect(world.stored.map((record) => record.sequence)).toEqual(world.stored.map((_, i) => i + 1));
  });

  test('is what changed, several changes together', async () => {
    await attached(usb0, 1);
    await attached(usb1, 2);
    await world.clock.turn(seconds);
    world.changes.length = 0;
    const session = world.fleet.session('01'.repeat(8));
    session.setListening(true);
    session.setListening(false);
    session.setListening(true);
    await world.clock.turn(150);
    expect(world.changes).toEqual([
      { added: [], changed: [{ entry: session.state.entry, continuous: true }], gone: [] },
    ]);
  });
});

const sound = Int16Array.from({ length: 16_000 }, (_, i) => 8000 * Math.sin(i / 7));

/** Gives a board an expert and something to hear, and lets it listen. */
async function listening({ board: virtual }: TestBoard, path: string): Promise<void> {
  const board = world.fleet.session(world.at(path)?.id ?? '').connected();
  const image = packExpert(randomExpert(1), new Uint8Array(32));
  const { slot } = await world.clock.run(board.upload(image, createHash('sha256').update(image).digest()));
  await world.clock.run(board.verify(slot));
  await world.clock.run(board.activate({ slots: [slot], router: null }));
  virtual.setMicrophone(sound);
  await world.clock.run(board.listen(true));
}

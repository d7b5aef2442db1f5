/** Ports that lead to something else than a board: named as what it is, offered as that, and never in the board's way. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ppk2Port } from '../../devices/drivers/ppk2/testing/scripted-port.ts';
import { smpPort } from '../../devices/drivers/smp/testing/scripted-port.ts';
import { otherPort } from '../../devices/drivers/testing/scripted-port.ts';
import type { CurlewError } from '../contract/error.ts';
import { TestFleet } from './testing.ts';

const path = '/dev/ttyUSB0';
const noise = Uint8Array.from({ length: 4000 }, (_, at) => (at * 197) & 0xff);
let world: TestFleet;
beforeEach(() => {
  world = new TestFleet();
});
afterEach(() => world.close());

const failure = (asked: Promise<unknown>) =>
  asked.then(
    () => ({ code: 'attached', message: '' }),
    ({ code, message }: CurlewError) => ({ code, message }),
  );
const listed = async () => (await world.fleet.listPorts()).ports;

test('a kit is no board: by its USB it is offered as what it is, and not a byte is sent to it', async () => {
  const { port, peer } = ppk2Port({}, world.clock);
  world.machine.plug(path, port, '1915:c00a:E5');
  expect(await listed()).toMatchObject([{ id: path, device: { kind: 'ppk2' } }]);
  expect(await failure(world.attach(path))).toEqual({
    code: 'PORT_OTHER',
    message: `What is at ${path} is a Power Profiler Kit 2. Open it in Power.`,
  });
  expect(peer.told).toEqual([]);
  expect(world.fleet.boards()).toEqual([]);
});

test('an SMP device is named once it is asked, is not listed as a board, and stands with its port until it goes', async () => {
  const { port } = smpPort({}, world.clock);
  world.machine.plug(path, port);
  expect(await failure(world.attach(path))).toMatchObject({
    code: 'PORT_OTHER',
    message: expect.stringContaining('speaks SMP') as string,
  });
  expect(world.fleet.boards()).toEqual([]);
  expect(await listed()).toMatchObject([{ id: path, device: { kind: 'smp' }, attachedBoard: null }]);
  await world.machine.pull(path);
  await listed();
  world.machine.plug(path, otherPort(new Uint8Array(0), world.clock).port);
  expect(await listed()).toMatchObject([{ id: path, device: null }]);
});

test('a port is asked what is behind it, and nothing is attached', async () => {
  world.machine.plug(path, smpPort({}, world.clock).port);
  expect(await world.clock.run(world.fleet.identify(path))).toMatchObject({ kind: 'smp' });
  expect(world.fleet.boards()).toEqual([]);
});

test('a board that is attached is told to be one, and stays attached', async () => {
  const { line } = await world.board(1);
  world.machine.plug(path, line);
  await world.attach(path);
  expect(await world.clock.run(world.fleet.identify(path))).toMatchObject({
    kind: 'curlew',
    what: 'a Curlew board (board-1)',
  });
  expect(world.at(path)).toMatchObject({ state: 'attached' });
});

test('babble at full rate is named, and another board answers meanwhile', async () => {
  const { line } = await world.board(1);
  world.machine.plug('/dev/ttyUSB1', line);
  await world.attach('/dev/ttyUSB1');
  world.machine.plug(path, otherPort(noise, world.clock, 4).port);
  expect(await failure(world.attach(path))).toMatchObject({
    code: 'BOARD_GARBAGE',
    message: expect.stringContaining('something that sends') as string,
  });
  expect(world.at('/dev/ttyUSB1')).toMatchObject({ state: 'attached' });
  expect(world.at(path)).toMatchObject({ state: 'garbage' });
});

test('an instrument that has taken a lost board’s place is left alone', async () => {
  const { line } = await world.board(1);
  world.machine.plug(path, line);
  await world.attach(path);
  await world.machine.pull(path);
  const { port, peer } = ppk2Port({}, world.clock);
  world.machine.plug(path, port, '1915:c00a:E5');
  await world.clock.turn(60_000);
  expect(peer.told).toEqual([]);
  expect(world.at(path)).toMatchObject({ state: 'absent' });
});

/** A hub with twenty boards that goes and comes: real firmware, cables pulled all at once, a clock that is turned. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createHash } from 'node:crypto';
import { packExpert } from '../../models/packing/pack.ts';
import { randomExpert } from '../../test/fixtures/random-expert.ts';
import type { CurlewError } from '../contract/error.ts';
import { TestFleet, type TestBoard } from './testing.ts';

const numbers = Array.from({ length: 20 }, (_, i) => i + 1);
const pathOf = (number: number): string => `/dev/ttyUSB${number}`;
const seconds = 1000;
/** Adapters of one make, none with a number of its own. */
const adapter = '1a86:7523:';
const image = packExpert(randomExpert(1), new Uint8Array(32));
const hash = createHash('sha256').update(image).digest();

let world: TestFleet;
let boards: TestBoard[];
beforeEach(async () => {
  world = new TestFleet();
  boards = [];
  for (const number of numbers) {
    const board = await world.board(number);
    boards.push(board);
    world.machine.plug(pathOf(number), board.line, adapter);
    await world.attach(pathOf(number));
  }
});
afterEach(() => world.close());

const pullAll = (): Promise<unknown> =>
  Promise.all(numbers.map((number) => world.machine.pull(pathOf(number))));
const states = (): string[] => world.fleet.boards().map(({ state }) => state);
const upload = (path: string): Promise<string> =>
  world.fleet
    .session(world.at(path)!.id)
    .exclusive((board) => board.upload(image, hash))
    .then(
      () => 'resolved',
      (error: unknown) => (error as CurlewError).code,
    );

test('that drops them all in the middle of uploads ends each with its own sentence; back, each goes on as itself', async () => {
  const uploads = numbers.map((number) => upload(pathOf(number)));
  await world.clock.turn(20);
  await pullAll();
  const ended = await world.clock.run(Promise.all(uploads));
  expect(ended).toEqual(numbers.map(() => 'PORT_LOST'));
  await world.clock.turn(seconds);
  expect(states()).toEqual(numbers.map(() => 'absent'));
  for (const number of numbers) world.machine.plug(pathOf(number), boards[number - 1]!.line);
  await world.clock.turn(300 * seconds);
  expect(states()).toEqual(numbers.map(() => 'attached'));
  expect(world.fleet.boards().map(({ portId, name }) => [portId, name])).toEqual(
    numbers.map((number) => [pathOf(number), `board-${number}`]),
  );
  const again = await world.clock.run(Promise.all(numbers.map((number) => upload(pathOf(number)))));
  expect(again).toEqual(numbers.map(() => 'resolved'));
  // Each was met twice, and lost in between; what it befell is a few sentences, however often it was tried.
  for (const { id } of world.fleet.boards()) {
    const kinds = world.boardLog.filter(({ boardId }) => boardId === id).map(({ kind }) => kind);
    expect([kinds[0], kinds[1], kinds.at(-1)]).toEqual(['attached', 'lost', 'attached']);
    expect(kinds.filter((kind) => kind === 'attached')).toHaveLength(2);
    expect(kinds.length).toBeLessThan(7);
  }
});

test('that numbers its ports anew leaves every board what it was, at whichever port', async () => {
  void world.fleet.watchPorts();
  await pullAll();
  await world.clock.turn(4 * seconds);
  // Each is at the port that the next one had.
  for (const number of numbers)
    world.machine.plug(pathOf((number % 20) + 1), boards[number - 1]!.line, adapter);
  await world.clock.turn(120 * seconds);
  const found = world.fleet.boards().map(({ name, portId, state }) => [name, portId, state]);
  expect(found).toHaveLength(20);
  expect(found).toEqual(
    expect.arrayContaining(
      numbers.map((number) => [`board-${number}`, pathOf((number % 20) + 1), 'attached']),
    ),
  );
});

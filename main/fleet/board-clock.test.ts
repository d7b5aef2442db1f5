import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CurlewBoard } from '../../devices/drivers/curlew/board.ts';
import { clockOf, drifted, isToBeSet, ranLong } from './board-clock.ts';
import { TestFleet, type TestBoard } from './testing.ts';

const noon = Date.UTC(2026, 10, 28, 12);
const day = 86_400_000;

describe('a clock', () => {
  const at = (setMs: number, behindMs: number, errorMs = 6) => ({ setMs, behindMs, errorMs });

  test('is behind by what its answer lacks when it was written, half a round trip ago', () => {
    const clock = { nowMs: noon - 2300, setMs: noon - 31 * day };
    expect(clockOf({ clock }, { answeredMs: noon + 5, roundTripMs: 10 })).toEqual(at(noon - 31 * day, 2300));
    expect(clockOf({ clock: null }, { answeredMs: noon, roundTripMs: 10 })).toBeNull();
  });

  test.each([
    [2300, 31 * day, 'Its clock was 2.3 s behind after 31 days, 0.86 ppm.'],
    [-53_568, 31 * day, 'Its clock was 54 s ahead after 31 days, 20 ppm.'],
    [3, 31 * day, 'Its clock was right within 6 ms after 31 days.'],
    [-120, 2 * 3_600_000, 'Its clock was 120 ms ahead after 2 h, 17 ppm.'],
    [7_200_000, 60_000, 'Its clock was 2 h behind.'],
    [100, 60_000, null],
  ])('that is %d ms behind after %d ms is told', (behindMs, ranMs, text) => {
    expect(drifted(at(noon - ranMs, behindMs), noon)).toBe(text);
  });

  test('is to be set where nobody did, or it is surely off by more than half a second', () => {
    expect(isToBeSet(null)).toBe(true);
    expect([-2300, -507, -506, 0, 506, 507, 2300].map((ms) => isToBeSet(at(noon, ms)))).toEqual([
      true,
      true,
      false,
      false,
      false,
      true,
      true,
    ]);
    expect([ranLong(at(noon - 2 * day, 0), noon), ranLong(at(noon - day / 2, 0), noon)]).toEqual([
      true,
      false,
    ]);
  });
});

describe('a lab that meets a board', () => {
  const usb0 = '/dev/ttyUSB0';
  let world: TestFleet;
  beforeEach(() => {
    world = new TestFleet();
  });
  afterEach(() => world.close());

  const labMs = (): number => 1_800_000_000_000 + world.clock.nowMs();
  /** What another lab did, `ms` ago: it set the clock, so far behind. */
  async function setBehind({ board }: TestBoard, behindMs: number, ms: number): Promise<void> {
    const { clock } = world;
    const opened = await clock.run(CurlewBoard.open(board, { clock }));
    await clock.run(opened.setClock(labMs() - behindMs));
    await clock.run(opened.close());
    await clock.turn(ms);
  }
  const meet = async (made: TestBoard) => {
    world.machine.plug(usb0, made.line);
    return world.attach(usb0);
  };
  const told = (): string[] => world.boardLog.flatMap(({ kind, text }) => (kind === 'clock' ? [text] : []));

  test('sets its clock where nobody did, and does not speak of it', async () => {
    const made = await world.board(1);
    await meet(made);
    await world.clock.turn(60_000);
    const { clock, starts, freeFlashBytes } = world.at(usb0)!;
    expect(Math.abs(clock!.behindMs)).toBeLessThanOrEqual(clock!.errorMs);
    expect(labMs() - clock!.setMs).toBeGreaterThan(59_000);
    expect(told()).toEqual([]);
    expect(starts).toMatchObject({ power: 1, watchdog: 0 });
    expect(freeFlashBytes).toBeGreaterThan(1_000_000);
  });

  test('tells how far it drifted in a month, sets it, and says so once', async () => {
    const made = await world.board(1);
    await setBehind(made, 2300, 31 * day);
    await meet(made);
    await world.clock.turn(60_000);
    expect(told()).toEqual(['Its clock was 2.3 s behind after 31 days, 0.86 ppm. It was set.']);
    expect(Math.abs(world.at(usb0)!.clock!.behindMs)).toBeLessThan(20);
  });

  test('leaves a clock that is right, and says how right after how long', async () => {
    const made = await world.board(1);
    await setBehind(made, 200, 2 * day);
    await meet(made);
    await world.clock.turn(60_000);
    expect(told()).toHaveLength(1);
    expect(told()[0]).toMatch(/^Its clock was (19|20)\d ms behind after 2 days, 1\.\d ppm\.$/);
    expect(labMs() - world.at(usb0)!.clock!.setMs).toBeGreaterThan(2 * day);
  });

  test('sets a clock that somebody sets wrong while it is watched', async () => {
    const made = await world.board(1);
    await meet(made);
    const session = world.fleet.session(world.at(usb0)!.id);
    await world.clock.run(session.exclusive((board) => board.setClock(labMs() + 3_600_000)));
    await world.clock.turn(60_000);
    expect(told()).toEqual(['Its clock was 1 h ahead. It was set.']);
    expect(Math.abs(world.at(usb0)!.clock!.behindMs)).toBeLessThan(20);
  });

  test('leaves clocks alone where it is told to', async () => {
    world.clocks.setsClocks = false;
    const made = await world.board(1);
    await meet(made);
    await world.clock.turn(60_000);
    expect(world.at(usb0)!.clock).toBeNull();
  });
});

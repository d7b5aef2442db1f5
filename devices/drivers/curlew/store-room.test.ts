/** What the lab foretells of a store, held against the firmware that has it. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { packExpert } from '../../../models/packing/pack.ts';
import { randomExpert, randomNumbers } from '../../../test/fixtures/random-expert.ts';
import { boardProfile } from '../../boards/profiles.ts';
import { VirtualBoard } from '../../boards/virtual/virtual-board.ts';
import type { SlotTable } from '../../protocol/messages/expert-list.ts';
import { CurlewBoard } from './board.ts';
import { packed } from './pack-bins.ts';
import { planStore, type StorePlan } from './store-room.ts';

const wasm = readFileSync(new URL('../../boards/virtual/curlew.wasm', import.meta.url));
const port = new VirtualBoard({
  wasm,
  name: 'room',
  id: new Uint8Array(8),
  profile: boardProfile('stm32l496-80mhz'),
});
afterEach(() => port.switchOff());

const imageOf = (seed: number, width: number) => {
  const bytes = packExpert(randomExpert(seed, [width]), new Uint8Array(32));
  return { bytes, length: bytes.length, sha256: new Uint8Array(createHash('sha256').update(bytes).digest()) };
};
type Image = ReturnType<typeof imageOf>;

const orderOf = (plan: StorePlan): readonly number[] | null => ('order' in plan ? plan.order : null);
const shortOf = (plan: StorePlan) => ('short' in plan ? plan.short : null);

/** Whether the board took them all. */
async function send(
  board: CurlewBoard,
  images: readonly Image[],
  at: number | null = null,
): Promise<boolean> {
  for (const { bytes, sha256 } of images) {
    try {
      await board.verify((await board.upload(bytes, sha256, { at })).slot);
    } catch {
      return false;
    }
  }
  return true;
}

test('after whatever was sent and erased, images are taken in the order that is told, or once what is told is erased', async () => {
  const board = await CurlewBoard.open(port);
  const random = randomNumbers(3);
  const images = Array.from({ length: 20 }, (_, i) => imageOf(i, Math.round(50 + 1000 * random() ** 2)));
  const seen = { roomy: 0, ordered: 0, placed: 0, short: 0, scattered: 0 };
  for (let turn = 0; turn < 60; turn++) {
    const wanted = images.filter(() => random() < (turn % 6 === 0 ? 0.3 : 0.15));
    let plan = planStore(await board.slots(), wanted);
    const short = shortOf(plan);
    if (short?.toEmpty === null) {
      const { storeBytes, slotCount, layout } = await board.slots();
      const { blockBytes } = layout!;
      const bytes = wanted.reduce(
        (sum, one) => sum + blockBytes * (1 + Math.ceil(one.length / blockBytes)),
        0,
      );
      expect(bytes > storeBytes || wanted.length > slotCount, `turn ${turn}`).toBe(true);
      continue;
    }
    if (short) {
      seen[short.scattered ? 'scattered' : 'short']++;
      // In the order in which they are wanted the board has no room for them either.
      if (random() < 0.5) expect(await send(board, wanted), `turn ${turn}`).toBe(false);
      const again = shortOf(planStore(await board.slots(), wanted));
      for (const slot of again?.toEmpty ?? []) await board.erase(slot);
      plan = planStore(await board.slots(), wanted);
    }
    if (!('order' in plan)) throw new Error(`turn ${turn}: ${JSON.stringify(plan)}`);
    const { order, at } = plan;
    const sent = order.map((place) => wanted[place]!);
    expect(await send(board, sent, at), `turn ${turn}`).toBe(true);
    if (at !== null) seen.placed++;
    if (!short) seen[order.every((place, i) => place === i) ? 'roomy' : 'ordered']++;
    for (const { slot } of (await board.slots()).slots)
      if (turn % 6 === 5 || random() < 0.25) await board.erase(slot);
    // An upload that is cut short: dropped where its room is needed.
    if (random() < 0.3) await board.upload(new Uint8Array(20_000), new Uint8Array(32).fill(turn));
  }
  for (const count of [seen.roomy, seen.placed, seen.short, seen.scattered]) expect(count).toBeGreaterThan(0);
});

describe('what is missing', () => {
  const image = (name: number, blocks: number) => ({
    length: 1000 * (blocks - 1),
    sha256: new Uint8Array(32).fill(name),
  });
  const slot = (name: number, first: number, blocks: number, state: 'verified' | 'partial' = 'verified') =>
    ({ slot: name, state, first, ...image(name, blocks) }) as SlotTable['slots'][number];
  const table = (slots: SlotTable['slots'], more: Partial<SlotTable> = {}): SlotTable => ({
    ...{
      slots,
      slotCount: 12,
      storeBytes: 20_000,
      freeBytes: 0,
      layout: { blockBytes: 1000, nextBlock: 0, takesPlace: true },
    },
    ...{ active: [], router: null, encoders: [], previous: [], trial: 'none', ...more },
  });

  test('is told in whole blocks, the headers’ included', () => {
    expect(shortOf(planStore(table([]), [image(1, 19), image(2, 3)]))).toMatchObject({
      ...{ neededBytes: 22_000, freeBytes: 20_000, missingBytes: 2000, scattered: false, toEmpty: null },
    });
  });

  test('leaves out what the board holds already, wholly or partly', () => {
    const held = table([slot(1, 0, 10), slot(2, 10, 8, 'partial')]);
    expect(orderOf(planStore(held, [image(1, 10), image(2, 8), image(3, 2)]))).toEqual([0, 1, 2]);
    expect(shortOf(planStore(held, [image(1, 10), image(3, 11)]))).toMatchObject({
      ...{ neededBytes: 11_000, freeBytes: 10_000, missingBytes: 1000 },
    });
  });

  test('is told by what to erase where enough is free in pieces: as little as can be', () => {
    const held = [slot(1, 0, 2), slot(2, 6, 1), slot(3, 12, 3)];
    expect(shortOf(planStore(table(held), [image(4, 9)]))).toMatchObject({
      ...{ neededBytes: 9000, freeBytes: 14_000, missingBytes: 0, scattered: true, toEmpty: [2] },
    });
    // Not what answers, while others are enough.
    expect(shortOf(planStore(table(held, { active: [2] }), [image(4, 8)]))?.toEmpty).toEqual([3]);
    expect(shortOf(planStore(table(held, { active: [2], encoders: [3] }), [image(4, 9)]))?.toEmpty).toEqual([
      2,
    ]);
  });

  test('can be slots', () => {
    const two = [slot(1, 0, 2), slot(2, 2, 2)];
    expect(shortOf(planStore(table(two, { slotCount: 3 }), [image(3, 2), image(4, 2)]))).toMatchObject({
      ...{ missingBytes: 0, missingSlots: 1, scattered: false, toEmpty: [1] },
    });
  });

  test('is nothing where another order fits', () => {
    // Free: 3 and 9 blocks. The 3 in the first place leaves no 9.
    const held = [slot(1, 3, 8)];
    expect(orderOf(planStore(table(held), [image(2, 3), image(3, 6), image(4, 3)]))).toEqual([0, 1, 2]);
    const tight = [slot(1, 4, 8)];
    expect(orderOf(planStore(table(tight), [image(2, 3), image(3, 5), image(4, 4)]))).toEqual([2, 1, 0]);
  });

  test('is nothing where the board’s own places, which spread wear, would leave pieces too short', () => {
    const empty = table([], { layout: { blockBytes: 1000, nextBlock: 12, takesPlace: true } });
    const wanted = [image(1, 7), image(2, 6), image(3, 7)];
    expect(planStore(empty, wanted)).toEqual({ order: [0, 1, 2], at: 0 });
    expect(planStore(empty, [image(1, 7)])).toEqual({ order: [0], at: null });
  });

  test('of older firmware, which begins in the midst of a stretch, is found by an order too', () => {
    const older = table([], { layout: { blockBytes: 1000, nextBlock: 12, takesPlace: false } });
    expect(orderOf(planStore(older, [image(1, 9), image(2, 3), image(3, 8)]))).not.toBeNull();
    expect(shortOf(planStore(older, [image(1, 14)]))).toBeNull();
    expect(shortOf(planStore(older, [image(1, 7), image(2, 6), image(3, 7)]))).toMatchObject({
      scattered: true,
    });
  });

  test('is left to boards whose firmware does not tell where its images lie', () => {
    expect(planStore(table([], { layout: null }), [image(1, 99), image(2, 1)])).toEqual({
      order: [0, 1],
      at: null,
    });
  });
});

test('things find a way into bins wherever there is one, and none is made up', () => {
  const bins = [{ size: 10 }, { size: 7 }, { size: 5 }];
  const things = [5, 5, 4, 3, 5].map((size, place) => ({ size, place }));
  expect(packed(bins, things)?.toSorted()).toEqual([0, 1, 2, 3, 4]);
  expect(packed(bins, [...things, { size: 1, place: 5 }])).toBeNull();
  const many = Array.from({ length: 13 }, (_, place) => ({ size: 3, place }));
  expect(packed([{ size: 11 }, { size: 11 }, { size: 11 }, { size: 8 }], many)).toBeNull();
});

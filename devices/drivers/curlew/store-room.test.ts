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
import { storeShortage } from './store-room.ts';

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

/** Whether the board took them all. */
async function send(board: CurlewBoard, images: readonly Image[]): Promise<boolean> {
  for (const { bytes, sha256 } of images) {
    try {
      await board.verify((await board.upload(bytes, sha256)).slot);
    } catch {
      return false;
    }
  }
  return true;
}

test('it is foretold of any store whether images find room', async () => {
  const board = await CurlewBoard.open(port);
  const random = randomNumbers(3);
  const images = Array.from({ length: 20 }, (_, i) => imageOf(i, Math.round(50 + 1000 * random() ** 3)));
  const seen = { roomy: 0, short: 0, scattered: 0 };
  for (let turn = 0; turn < 60; turn++) {
    const wanted = images.filter(() => random() < 0.12);
    const short = storeShortage(await board.slots(), wanted);
    expect(await send(board, wanted), `turn ${turn}: ${JSON.stringify(short)}`).toBe(short === null);
    if (short === null) seen.roomy++;
    else if (short.scattered) seen.scattered++;
    else seen.short++;
    for (const { slot } of (await board.slots()).slots) if (random() < 0.25) await board.erase(slot);
    // An upload that is cut short: dropped where its room is needed.
    if (random() < 0.3) await board.upload(new Uint8Array(20_000), new Uint8Array(32).fill(turn));
  }
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
});

describe('what is missing', () => {
  const image = (name: number, blocks: number) => ({
    length: 1000 * (blocks - 1),
    sha256: new Uint8Array(32).fill(name),
  });
  const slot = (name: number, first: number, blocks: number, state: 'verified' | 'partial' = 'verified') =>
    ({ slot: name, state, first, ...image(name, blocks) }) as SlotTable['slots'][number];
  const table = (slots: SlotTable['slots'], slotCount = 12): SlotTable => ({
    ...{ slots, slotCount, storeBytes: 20_000, freeBytes: 0, layout: { blockBytes: 1000, nextBlock: 0 } },
    ...{ active: [], router: null, encoders: [], previous: [], trial: 'none' },
  });

  test('is told in whole blocks, the headers’ included', () => {
    expect(storeShortage(table([]), [image(1, 19), image(2, 3)])).toMatchObject({
      ...{ neededBytes: 22_000, freeBytes: 20_000, missingBytes: 2000, scattered: false },
    });
  });

  test('leaves out what the board holds already, wholly or partly', () => {
    const held = table([slot(1, 0, 10), slot(2, 10, 8, 'partial')]);
    expect(storeShortage(held, [image(1, 10), image(2, 8), image(3, 2)])).toBeNull();
    expect(storeShortage(held, [image(1, 10), image(3, 11)])).toMatchObject({
      ...{ neededBytes: 11_000, freeBytes: 10_000, missingBytes: 1000 },
    });
  });

  test('is a longer piece where enough is free in pieces', () => {
    expect(storeShortage(table([slot(1, 5, 10)]), [image(2, 8)])).toMatchObject({
      ...{ missingBytes: 3000, scattered: true },
    });
  });

  test('can be slots', () => {
    expect(storeShortage(table([slot(1, 0, 2), slot(2, 2, 2)], 3), [image(3, 2), image(4, 2)])).toMatchObject(
      {
        ...{ missingBytes: 0, missingSlots: 1 },
      },
    );
  });

  test('is left to boards whose firmware does not tell where its images lie', () => {
    expect(storeShortage({ ...table([]), layout: null }, [image(1, 99)])).toBeNull();
  });
});

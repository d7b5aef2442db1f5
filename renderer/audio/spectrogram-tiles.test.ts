import { flushPromises } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import type { SpectrogramPiece } from '../../main/contract/types.ts';
import { mostTiles, SpectrogramTiles, tileSeconds, type Tile } from './spectrogram-tiles.ts';

const piece: SpectrogramPiece = { columns: 1, bands: 1, sampleRate: 1, levels: new Uint8Array(1) };
const zoom = 5;
const length = tileSeconds(zoom);

/** Tiles whose answers come when the test says so. */
function controlled() {
  const asked: { tile: Tile; give(): Promise<unknown>; refuse(): Promise<unknown> }[] = [];
  const failures: unknown[] = [];
  const settled = () => flushPromises();
  const tiles = new SpectrogramTiles(
    (tile) =>
      new Promise((resolve, reject) =>
        asked.push({
          tile,
          give: () => (resolve({ ...piece }), settled()),
          refuse: () => (reject(new Error('no')), settled()),
        }),
      ),
    () => undefined,
    (thrown) => failures.push(thrown),
  );
  return { tiles, asked, failures, indices: () => asked.map(({ tile }) => tile.index) };
}

describe('tiles of a long recording', () => {
  it('in sight come first, then one behind and one before, two at a time', async () => {
    const { tiles, asked, indices } = controlled();
    tiles.want(zoom, 5 * length, 1.5 * length, 1000 * length);
    expect(indices()).toEqual([5, 6]);
    for (let i = 0; i < 4; i++) await asked[i]!.give();
    expect(indices()).toEqual([5, 6, 7, 4]);
  });

  it('that are out of sight again are not asked for behind those that are wanted now', async () => {
    const { tiles, asked, indices } = controlled();
    for (let at = 0; at < 50; at++) tiles.want(zoom, at * length, length / 2, 1000 * length);
    expect(indices()).toEqual([0, 1]);
    await asked[0]!.give();
    await asked[1]!.give();
    expect(indices()).toEqual([0, 1, 49, 50]);
  });

  it('are held up to a bound, those last wanted longest', async () => {
    const { tiles, asked } = controlled();
    let answered = 0;
    for (let at = 0; at < 3 * mostTiles; at++) {
      tiles.want(zoom, at * length, length / 2, 1000 * length);
      while (answered < asked.length) await asked[answered++]!.give();
      expect(tiles.size).toBeLessThanOrEqual(mostTiles);
      expect(tiles.find({ zoom, index: at })).toBeDefined();
    }
    expect(tiles.find({ zoom, index: 0 })).toBeUndefined();
  });

  it('end with the recording', () => {
    const { tiles, indices } = controlled();
    tiles.want(zoom, 0, 10 * length, 0.5 * length);
    expect(indices()).toEqual([0]);
  });

  it('that fail are told of once, and others go on', async () => {
    const { tiles, asked, failures, indices } = controlled();
    tiles.want(zoom, 0, length / 2, 1.5 * length);
    await asked[0]!.refuse();
    tiles.want(zoom, 0, length / 2, 1.5 * length);
    await asked[1]!.give();
    expect(failures).toHaveLength(1);
    expect(indices()).toEqual([0, 1]);
  });

  it('of another window or channel never come under this one', async () => {
    const { tiles, asked } = controlled();
    tiles.want(zoom, 0, length / 2, length / 2);
    tiles.clear();
    await asked[0]!.give();
    expect(tiles.size).toBe(0);
    tiles.want(zoom, 0, length / 2, length / 2);
    expect(asked).toHaveLength(2);
  });
});

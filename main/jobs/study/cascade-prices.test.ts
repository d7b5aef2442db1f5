import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { VirtualBoard } from '../../../devices/boards/virtual/virtual-board.ts';
import { CurlewBoard } from '../../../devices/drivers/curlew/board.ts';
import { buildEncoder, buildExpert, buildRouter, type LatentRouter } from '../../../models/bank/build.ts';
import { sha256 } from '../../../models/packing/sha256.ts';
import type { Decision } from '../../../models/router/router.ts';
import { everyKind, layer, randomEncoder } from '../../../test/fixtures/random-encoder.ts';
import { randomLatent } from '../../../test/fixtures/random-expert.ts';
import { resources } from '../../resources.ts';
import { cascadePrices } from './cascade-prices.ts';
import { trialsOn } from './on-board.ts';

const network = randomLatent(9, { widths: [32], classes: 2 });
const deciding = (passes: number): Omit<LatentRouter, 'cascade'> => ({
  expert: {
    ...network,
    layers: network.layers.map((one) => (one.norm ? { ...one, dropout: true } : one)),
  },
  precision: 8,
  prior: new Float32Array(2),
  routing: { alpha: 0, curiosityScale: 1, dropout: Math.fround(0.2), seed: 1, passes, topK: 1 },
});

test('a board tells what each stage takes, what decides, and what each takes alone', async () => {
  const virtual = new VirtualBoard({
    wasm: readFileSync(resources.virtualBoard),
    name: 'prices',
    id: new Uint8Array(8),
  });
  const board = await CurlewBoard.open(virtual);
  const encoder = buildEncoder(randomEncoder(1, [...everyKind, layer('convolution', 1, 1, 384)]));
  const stages = [
    { encoder: null, expert: buildExpert(randomLatent(1), 8, null).image },
    { encoder: encoder.files.image, expert: buildExpert(randomLatent(2), 8, encoder).image },
  ];
  const hashes = stages.map(({ expert }) => sha256(expert));
  const by = new Map(
    (['curiosity', 'gate'] as const).map((decision): [Decision, Uint8Array] => {
      const cascade = { decision, thresholds: Float32Array.of(2) };
      const latent = { ...deciding(decision === 'curiosity' ? 8 : 0), cascade };
      return [decision, buildRouter(latent, null, hashes).image];
    }),
  );
  try {
    const trials = trialsOn(board, new AbortController().signal);
    const prices = await cascadePrices(trials, stages, by);
    const [first, second] = prices.stages.map(({ millijoule }) => millijoule);
    expect(second).toBeGreaterThan(2 * first!);
    // The first stage alone is what every window takes and its expert; the second hears on its own.
    expect(prices.alone[0]!.us).toBe(prices.shared.us + prices.stages[0]!.us);
    expect(prices.alone[1]!.us).toBeGreaterThan(prices.stages[1]!.us);
    const [curiosity, gate] = (['curiosity', 'gate'] as const).map((one) => prices.deciding.get(one)!.us);
    expect(gate).toBeGreaterThan(0);
    expect(curiosity).toBeGreaterThan(gate!);
    expect([...prices.deciding.keys()]).toEqual(['curiosity', 'gate']);
  } finally {
    await board.close();
    virtual.switchOff();
  }
});

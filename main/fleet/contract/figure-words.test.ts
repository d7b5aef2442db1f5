import { expect, it } from 'vitest';
import { figureTicks } from './figure-words.ts';

it('writes ticks of an axis with the digits that tell them apart, and no more', () => {
  expect(figureTicks('latency_us', [140_600, 140_800, 141_000, 141_200])).toEqual([
    ...['140.6 ms', '140.8 ms', '141.0 ms', '141.2 ms'],
  ]);
  expect(figureTicks('latency_us', [100_000, 150_000])).toEqual(['100 ms', '150 ms']);
  expect(figureTicks('energy_nj', [6_330_000, 6_330_500])).toEqual(['6.3300 mJ', '6.3305 mJ']);
  expect(figureTicks('temperature_c', [20, 20.05, 20.1])).toEqual(['20.00 °C', '20.05 °C', '20.10 °C']);
  expect(figureTicks('curiosity', [])).toEqual([]);
});

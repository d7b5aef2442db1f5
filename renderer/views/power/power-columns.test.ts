import { expect, test } from 'vitest';
import type { Envelope } from '../../../main/contract/types.ts';
import { extremes, powerColumns } from './power-columns.ts';

const envelope = (changes: Partial<Envelope> = {}): Envelope => ({
  ...{ fromSample: 0, everySamples: 100_000, samples: 300_000 },
  ...{ min: [1, null, 3], mean: [2, null, 4], max: [3, null, 5], lost: [0, 100_000, 0] },
  ...{ ever: [0, 0, 0], always: [0, 0, 0], ...changes },
});

test('two captures share their times: what is lost of one is null, what is the other’s time is left open', () => {
  const one = { envelope: envelope(), samplesPerSecond: 100_000, shiftS: 0 };
  const other = {
    envelope: envelope({ min: [7], mean: [8], max: [9] }),
    samplesPerSecond: 100_000,
    shiftS: 0.25,
  };
  expect(powerColumns([one, other])).toEqual([
    [0.5, 0.75, 1.5, 2.5],
    [1, undefined, null, 3],
    [3, undefined, null, 5],
    [2, undefined, null, 4],
    [undefined, 7, undefined, undefined],
    [undefined, 9, undefined, undefined],
    [undefined, 8, undefined, undefined],
  ]);
});

test('least and most are of what is there', () => {
  expect(extremes(envelope())).toEqual({ least: 1, most: 5 });
  expect(extremes(envelope({ min: [null], mean: [null], max: [null] }))).toBeNull();
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { heardStretch } from './heard-stretch.ts';
import { tone, wavBytes } from './testing.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-heard-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a tone is one band all along and a wave of its height, and ends where the recording does', async () => {
  const path = join(folder, 'tone.wav');
  await writeFile(path, wavBytes([tone(3, 16_000, 2000)], { sampleRate: 16_000 }));
  const heard = await heardStretch(path, 1, 20);
  expect(heard).toMatchObject({ startS: 1, seconds: 2, highestHz: 8000 });
  expect(heard.wave).toHaveLength(320);
  const [least, most] = heard.wave[100]!;
  expect(most).toBeGreaterThan(0);
  expect(least).toBeCloseTo(-most, 2);
  const column = heard.levels.subarray(50 * heard.bands, 51 * heard.bands);
  expect(Math.abs(column.indexOf(Math.max(...column)) - heard.bands / 4)).toBeLessThanOrEqual(1);
});

test('of a file that is none there is no stretch', async () => {
  await expect(heardStretch(join(folder, 'none.wav'), 0, 1)).rejects.toMatchObject({
    code: 'FILE_NOT_FOUND',
  });
});

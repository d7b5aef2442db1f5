import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { resources } from '../resources.ts';
import { Banks } from './banks.ts';
import { writeSmallBank } from './testing.ts';

let folder: string;
let banks: Banks;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-banks-'));
  banks = await Banks.open(resources.bank, folder);
});
afterEach(async () => {
  await rm(folder, { recursive: true });
  await rm(`${folder}-made`, { recursive: true, force: true });
});

const ids = () => banks.experts.filter(({ bank }) => bank !== 'shipped').map(({ id }) => id);

async function unfinished(name: string, version = 1): Promise<string> {
  await writeSmallBank(`${folder}-made`, name, version);
  const place = banks.unfinishedFolder();
  await rename(join(`${folder}-made`, name), place);
  return place;
}

describe('a bank that is taken in', () => {
  test('is here with all it holds, and its versions are known', async () => {
    expect(await banks.take(await unfinished('own', 7), 'own')).toBe(true);
    expect(ids()).toEqual(['own-q2', 'own-q4']);
    expect(banks.versions.next([{ kind: 'expert', name: 'own 2-bit' }])).toBe(8);
    expect((await readdir(folder)).sort()).toEqual(['own', 'versions.json']);
  });

  test('is told of where it is here already, and refused where another has its name', async () => {
    await banks.take(await unfinished('own'), 'own');
    expect(await banks.take(await unfinished('own'), 'own')).toBe(false);
    await expect(banks.take(await unfinished('own', 2), 'own')).rejects.toMatchObject({
      code: 'BANK_EXISTS',
    });
    await expect(banks.take(await unfinished('own'), 'mine')).rejects.toMatchObject({
      code: 'BANK_EXISTS',
      context: { holder: 'own' },
    });
    expect(ids()).toEqual(['own-q2', 'own-q4']);
  });

  test('never has the name of the shipped one', async () => {
    await expect(banks.take(await unfinished('shipped'), 'shipped')).rejects.toMatchObject({
      code: 'BANK_EXISTS',
    });
  });
});

test('what a lab left that died while it took in a bank is no bank, and is removed', async () => {
  const place = banks.unfinishedFolder();
  await mkdir(place);
  await writeFile(join(place, 'half'), 'a');
  const told: string[] = [];
  const next = await Banks.open(resources.bank, folder, ({ code }) => told.push(code));
  expect(told).toEqual([]);
  await next.removeUnfinished();
  expect(await readdir(folder)).toEqual(['versions.json']);
});

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { resources } from '../resources.ts';
import { Banks } from './banks.ts';
import { KnownVersions } from './versions.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-versions-'));
  file = join(folder, 'versions.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const frogs = { kind: 'expert', name: 'frogs' } as const;
const birds = { kind: 'expert', name: 'birds' } as const;

test('a version is above every one known of its kind and name, and the same for what is made together', async () => {
  const known = await KnownVersions.open(file);
  expect(known.next([frogs])).toBe(1);
  await known.note([{ ...frogs, version: 4 }]);
  await known.note([{ ...frogs, version: 2 }]);
  expect(known.next([frogs])).toBe(5);
  expect(known.next([birds, frogs])).toBe(5);
  expect(known.next([birds])).toBe(1);
  expect(known.next([{ ...frogs, kind: 'router' }])).toBe(1);
});

test('versions are remembered by the next lab, however many were noted at once', async () => {
  const known = await KnownVersions.open(file);
  await Promise.all([1, 2, 3].map((version) => known.note([{ ...frogs, version }])));
  await known.note([{ ...birds, version: 0 }]);
  expect((await KnownVersions.open(file)).next([frogs])).toBe(4);
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ 'expert frogs': 3, 'expert birds': 0 });
});

test('what lies on a board counts while it lies there, unless it leaves no room to rise', async () => {
  const known = await KnownVersions.open(null);
  known.saw('a', [{ ...frogs, version: 7 }]);
  known.saw('b', [
    { ...frogs, version: 2 ** 32 - 1 },
    { ...birds, version: 2 },
  ]);
  expect([known.next([frogs]), known.next([birds])]).toEqual([8, 3]);
  known.saw('a', []);
  expect(known.next([frogs])).toBe(1);
});

test.each(['not JSON', '7', '{"expert frogs": "many"}', '{"expert frogs": -1}'])(
  'a file of versions that says %s is told of, and the banks are there all the same',
  async (text) => {
    await writeFile(file, text);
    await expect(KnownVersions.open(file)).rejects.toMatchObject({ code: 'FILE_DAMAGED' });
    const told: string[] = [];
    const banks = await Banks.open(resources.bank, folder, ({ code }) => told.push(code));
    expect(told).toEqual(['FILE_DAMAGED']);
    expect(banks.versions.next([{ kind: 'expert', name: banks.experts[0]!.name }])).toBe(
      1 + banks.experts[0]!.version,
    );
    expect(await readFile(file, 'utf8')).toBe(text);
  },
);

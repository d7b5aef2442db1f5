/** Real stores, broken as disks, copies and power cuts break them. */
import { constants } from 'node:fs';
import {
  appendFile,
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CurlewError } from '../contract/error.ts';
import { openStore, type Store } from './open-store.ts';

/** So many records lie in the database, and so many more in its log. */
const inDatabase = 260_000;
const inLog = 1000;
const jobs = 50;
const headerBytes = 4096;
const blockBytes = 262_144;

const records = (from: number, count: number, random = 'random()') => `
  INSERT INTO telemetry (board_id, boot_id, sequence, received_ms, uptime_ms, inference_id, expert, class_index,
    top_probability, entropy, features_us, encoder_us, router_us, expert_us, latency_source, energy_nanojoule,
    energy_source)
  SELECT 'b' || (r % 5), 1, r, r * 10.0, r, r, 'e', 1, ${random}, ${random}, (${random} * 1e9)::UINTEGER, 0, 0,
    (${random} * 1e9)::UINTEGER, 'modelled', (${random} * 1e9)::UINTEGER, 'none'
  FROM range(${from}, ${from + count}) t(r)`;

let base: string;
let folder: string;
let path: string;

const files = ['lab.duckdb', 'lab.duckdb.wal', 'lab.duckdb.acknowledged'];
const copyAll = (from: string, to: string) =>
  Promise.all(files.map((name) => copyFile(join(from, name), join(to, name), constants.COPYFILE_FICLONE)));

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'curlew-damage-base-'));
  const lived = await mkdtemp(join(tmpdir(), 'curlew-damage-lived-'));
  const run = (store: Store, sql: string) => store.transaction((connection) => connection.run(sql));
  let store = await openStore(join(lived, 'lab.duckdb'));
  await run(store, records(0, inDatabase));
  await run(store, `INSERT INTO jobs SELECT 'j' || r, '{"a": 1}', NULL FROM range(${jobs}) t(r)`);
  await store.close();
  store = await openStore(join(lived, 'lab.duckdb'));
  for (let n = 0; n < inLog; n += 10) await run(store, records(inDatabase + n, 10, '0.5'));
  // What a process that is killed now leaves behind.
  await copyAll(lived, base);
  await store.close();
  await rm(lived, { recursive: true });
});
afterAll(() => rm(base, { recursive: true }));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-damage-'));
  path = join(folder, 'lab.duckdb');
  await copyAll(base, folder);
});
afterEach(() => rm(folder, { recursive: true }));

const log = () => `${path}.wal`;
const junk = (bytes: number) => Buffer.from(Array.from({ length: bytes }, (_, at) => (at * 37 + 11) & 0xff));
async function overwrite(file: string, at: number, bytes: Buffer): Promise<void> {
  const handle = await open(file, 'r+');
  await handle.write(bytes, 0, bytes.length, at);
  await handle.close();
}
const sizeOf = async (file: string) => (await stat(file)).size;

/** Opens it; what it holds and tells. */
async function opened() {
  const store = await openStore(path);
  const count = async (table: string) =>
    Number((await store.connection.runAndReadAll(`SELECT count(*) FROM ${table}`)).getRowsJS()[0]?.[0]);
  const telemetry = await count('telemetry');
  const result = { telemetry, jobs: await count('jobs'), losses: store.losses.join('\n') };
  await store.transaction((connection) => connection.run(records(900_000, 5)));
  expect(await count('telemetry')).toBe(telemetry + 5);
  await store.close();
  return result;
}
const aside = async () => (await readdir(folder)).filter((name) => name.includes('damaged')).sort();

test('a store that was killed with its log unwritten opens whole and tells of nothing', async () => {
  expect(await opened()).toEqual({ telemetry: inDatabase + inLog, jobs, losses: '' });
  expect(await aside()).toEqual([]);
});

describe('the log', () => {
  test.each([
    ['cut in half', async () => truncate(log(), (await sizeOf(log())) / 2), 490],
    ['cut by its last bytes', async () => truncate(log(), (await sizeOf(log())) - 5), 990],
    ['empty', () => truncate(log(), 0), 0],
    ['gone', () => rm(log()), 0],
    ['overwritten at its beginning, which DuckDB takes for its end', () => overwrite(log(), 0, junk(200)), 0],
    [
      'overwritten in its middle',
      async () => overwrite(log(), Math.floor((await sizeOf(log())) / 2), junk(200)),
      490,
    ],
  ])('%s: what is before it is kept, what was lost is told, once', async (_, harm, left) => {
    const whole = await readFile(log());
    await harm();
    const harmed = await readFile(log()).catch(() => null);
    const { telemetry, losses } = await opened();
    expect(telemetry).toBe(inDatabase + left);
    expect(losses).toContain(`Lost: ${(inLog - left).toLocaleString('en')} of 261,000 rows of telemetry.`);
    expect(losses).toContain('Nothing was lost of jobs.');
    if (harmed && harmed.length > 0) {
      expect(harmed.equals(whole)).toBe(false);
      const [kept] = await aside();
      expect(losses).toContain(kept);
      expect((await readFile(join(folder, kept as string))).equals(harmed)).toBe(true);
    }
    expect((await opened()).losses).toBe('');
  });

  test('followed by the zeros that a power cut leaves: nothing is lost, and that is said', async () => {
    await appendFile(log(), Buffer.alloc(4096));
    const { telemetry, losses } = await opened();
    expect(telemetry).toBe(inDatabase + inLog);
    expect(losses).toContain('No row was lost.');
    expect(await aside()).toHaveLength(1);
  });

  test('cut where it only changed rows that are there: that changes may be lost is told', async () => {
    await rm(folder, { recursive: true });
    await mkdir(folder);
    const store = await openStore(path);
    await store.transaction((connection) => connection.run(`INSERT INTO jobs VALUES ('a', '{}', NULL)`));
    await store.close();
    const again = await openStore(path);
    await again.transaction((connection) => connection.run(`UPDATE jobs SET record = '{"b": 2}'`));
    const killed = await mkdtemp(join(tmpdir(), 'curlew-damage-killed-'));
    await copyAll(folder, killed);
    await again.close();
    await truncate(join(killed, 'lab.duckdb.wal'), 60);
    const after = await openStore(join(killed, 'lab.duckdb'));
    expect(after.losses.join()).toContain('Changes to rows that are there may be lost.');
    await after.close();
    await rm(killed, { recursive: true });
  });
});

describe('the database', () => {
  test.each([
    ['with its header overwritten', () => overwrite(path, 0, junk(headerBytes))],
    ['with bits of its header flipped', () => overwrite(path, 100, junk(4))],
  ])('%s loses nothing', async (_, harm) => {
    await harm();
    const { telemetry, losses } = await opened();
    expect(telemetry).toBe(inDatabase + inLog);
    expect(losses).toContain('No row was lost.');
    expect(await aside()).toHaveLength(3);
  });

  test('with the older of its two inner headers overwritten keeps all but its log', async () => {
    await overwrite(path, 2 * headerBytes, junk(headerBytes));
    const { telemetry, losses } = await opened();
    expect(telemetry).toBe(inDatabase);
    expect(losses).toContain('Lost: 1,000 of 261,000 rows of telemetry.');
  });

  test.each([0, 1, 4, 9])('with bytes flipped in block %i loses those rows and no others', async (block) => {
    const damaged = 3 * headerBytes + block * blockBytes + 1000;
    await overwrite(path, damaged, junk(2));
    const harmed = await readFile(path);
    const { telemetry, jobs: left, losses } = await opened();
    expect(telemetry).toBeGreaterThan(inDatabase / 2);
    expect(telemetry).toBeLessThan(inDatabase);
    expect(left).toBe(jobs);
    const lost = (inDatabase + inLog - telemetry).toLocaleString('en');
    expect(losses).toContain(`Lost: ${lost} of 261,000 rows of telemetry. Nothing was lost of jobs.`);
    const [kept, note] = await aside();
    expect((await readFile(join(folder, kept as string))).equals(harmed)).toBe(true);
    expect(await readFile(join(folder, note as string), 'utf8')).toBe(`${losses}\n`);
    expect((await opened()).losses).toBe('');
  });

  test.each([
    ['cut in half', async () => truncate(path, (await sizeOf(path)) / 2)],
    ['cut within its headers', () => truncate(path, 5000)],
    ['empty', () => truncate(path, 0)],
    ['all zeros', async () => overwrite(path, 0, Buffer.alloc(await sizeOf(path)))],
    ['with both inner headers overwritten', () => overwrite(path, headerBytes, junk(2 * headerBytes))],
    ['a text', () => writeFile(path, 'no database at all, '.repeat(500))],
    ['another program\u2019s database', () => writeFile(path, `SQLite format 3\0${'x'.repeat(20_000)}`)],
  ])('%s is set aside with its log, a new one is begun, and all that was in it is told', async (_, harm) => {
    await harm();
    const harmed = await readFile(path);
    const { telemetry, jobs: left, losses } = await opened();
    expect([telemetry, left]).toEqual([0, 0]);
    expect(losses).toContain('Lost: all 261,000 rows of telemetry, all 50 rows of jobs.');
    const [kept, ...beside] = await aside();
    expect((await readFile(join(folder, kept as string))).equals(harmed)).toBe(true);
    expect(beside).toEqual([`${kept}.txt`, `${kept}.wal`]);
  });

  test('of which nothing can be read and no account was kept does not pass for a loss of nothing', async () => {
    await rm(`${path}.acknowledged`);
    await truncate(path, 5000);
    expect((await opened()).losses).toContain('What it held is lost; how much that was is not known.');
  });

  test('that is gone is told, and its log is set aside rather than replayed into a new one', async () => {
    await rm(path);
    const { telemetry, losses } = await opened();
    expect(telemetry).toBe(0);
    expect(losses).toContain('all 261,000 rows of telemetry');
    expect(await aside()).toHaveLength(1);
  });

  test('found damaged while the lab runs is saved before it is used again, and the lab goes on', async () => {
    const told: string[] = [];
    // Closed once, so that the next start does not read all of it.
    await (await openStore(path)).close();
    await overwrite(path, 3 * headerBytes + 1000, junk(2));
    const store = await openStore(path, (text) => void told.push(text));
    const read = () =>
      store.transaction(async (connection) =>
        (await connection.runAndReadAll('SELECT sum(hash(t)), count(*) FROM telemetry t')).getRowsJS(),
      );
    await expect(read()).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
    const [[, left]] = (await read()) as [[unknown, bigint]];
    expect(Number(left)).toBeGreaterThan(inDatabase / 2);
    expect(told).toEqual(store.losses);
    expect(told.join()).toContain('rows of telemetry');
    await store.close();
  });

  test('found damaged by a process that then ended is saved at the next start', async () => {
    await (await openStore(path)).close();
    await overwrite(path, 3 * headerBytes + 1000, junk(2));
    const store = await openStore(path);
    await expect(store.backup(join(folder, 'backup.duckdb'))).rejects.toMatchObject({
      code: 'STORE_DAMAGED',
    });
    await store.close();
    expect((await opened()).losses).toContain('rows of telemetry');
  });
});

describe('what is no damage is not treated as such', () => {
  const refusal = () =>
    openStore(path).then(
      () => null,
      (error: CurlewError) => error.code,
    );

  test('a folder in the place of the database', async () => {
    await rm(path);
    await mkdir(path);
    expect(await refusal()).toBe('STORE_FAILED');
    expect(await aside()).toEqual([]);
  });

  test('a folder in the place of its log', async () => {
    await rm(log());
    await mkdir(log());
    expect(await refusal()).toBe('STORE_FAILED');
    expect(await aside()).toEqual([]);
  });

  test.skipIf(process.getuid?.() === 0)('a file that may not be read', async () => {
    await chmod(path, 0);
    expect(await refusal()).toBe('STORE_FAILED');
    expect(await aside()).toEqual([]);
  });

  test('a name with the word block in it', async () => {
    await writeFile(join(folder, 'block'), '');
    path = join(folder, 'block', 'lab.duckdb');
    expect(await refusal()).toBe('STORE_FAILED');
  });
});

test('a rescue that was cut short is finished, and told, at the next start', async () => {
  const plan = { aside: `${path}.damaged-then`, note: 'What was lost is told.' };
  const store = await openStore(join(folder, 'other.duckdb'));
  await store.transaction((connection) => connection.run(records(0, 7)));
  await store.close();
  await copyFile(join(folder, 'other.duckdb'), `${path}.made`);
  await writeFile(`${path}.exchange`, JSON.stringify(plan));
  // The process ended after it had moved the log away.
  await rename(log(), `${plan.aside}.wal`);
  const { telemetry, losses } = await opened();
  expect(telemetry).toBe(7);
  expect(losses).toBe(plan.note);
  expect(await aside()).toEqual(['', '.txt', '.wal'].map((end) => `lab.duckdb.damaged-then${end}`));
  expect((await opened()).losses).toBe('');
});

test('a rescue that is cut short before its store is whole begins anew', async () => {
  await overwrite(path, 3 * headerBytes + 1000, junk(2));
  await writeFile(`${path}.made`, junk(20_000));
  await writeFile(`${path}.reading`, junk(20_000));
  expect((await opened()).losses).toContain('rows of telemetry');
});

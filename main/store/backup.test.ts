import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Job } from '../contract/types.ts';
import { jobStore } from './job-store.ts';
import { migrations } from './migrations.ts';
import { openStore, type Store } from './open-store.ts';
import { restoreStore } from './restore.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-backup-'));
  path = join(folder, 'lab.duckdb');
});
afterEach(() => rm(folder, { recursive: true }));

const saveJob = (store: Store, id: string) =>
  jobStore(store).saveJob({ job: { id, createdMs: 0 } as Job, params: null });
const jobsOf = async (store: Store) => (await jobStore(store).loadJobs()).map(({ record }) => record.job.id);
async function jobsAt(file: string): Promise<string[]> {
  const store = await openStore(file);
  expect(store.losses).toEqual([]);
  const jobs = await jobsOf(store);
  await store.close();
  return jobs;
}

describe('a backup', () => {
  test('holds all that was there, and works as a store', async () => {
    const store = await openStore(path);
    for (const id of ['a', 'b', 'c']) await saveJob(store, id);
    const file = join(folder, "a person's backup.duckdb");
    expect(await store.backup(file)).toEqual({ path: file, bytes: (await stat(file)).size });
    await saveJob(store, 'd');
    await store.close();
    expect(await jobsAt(file)).toEqual(['a', 'b', 'c']);
    const copy = await openStore(file);
    // Keys and defaults came along.
    await saveJob(copy, 'a');
    expect(await jobsOf(copy)).toEqual(['a', 'b', 'c']);
    await copy.close();
    expect(await jobsAt(path)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('taken while the lab writes is the store as it was at one moment', async () => {
    const store = await openStore(path);
    // Two rows at a time: no backup may hold one without the other.
    let rows = 0;
    const write = () =>
      store.transaction(async (connection) => {
        await connection.run(`INSERT INTO jobs VALUES ('a${rows}', '{}', NULL)`);
        await connection.run(`INSERT INTO signed_images VALUES ('a${rows}', '')`);
        rows++;
      });
    for (let n = 0; n < 20; n++) await write();
    const backups = Promise.all([1, 2, 3].map((n) => store.backup(join(folder, `${n}.duckdb`))));
    let done = false;
    void backups.then(() => (done = true));
    while (!done) await write();
    await backups;
    await store.close();
    for (const n of [1, 2, 3]) {
      const copy = await openStore(join(folder, `${n}.duckdb`));
      const counts = await copy.connection.runAndReadAll(
        'SELECT (SELECT count(*) FROM jobs)::INT, (SELECT count(*) FROM signed_images)::INT',
      );
      const [[jobs, images]] = counts.getRowsJS() as [[number, number]];
      expect(jobs).toBe(images);
      expect(jobs).toBeGreaterThanOrEqual(20);
      expect(jobs).toBeLessThanOrEqual(rows);
      await copy.close();
    }
  });

  test('overwrites nothing, and leaves nothing behind where it fails', async () => {
    const store = await openStore(path);
    const file = join(folder, 'there');
    await writeFile(file, 'mine');
    await expect(store.backup(file)).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    expect(await readFile(file, 'utf8')).toBe('mine');
    await expect(store.backup(path)).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    await expect(store.backup(join(folder, 'no', 'folder'))).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
    });
    expect((await readdir(folder)).sort()).toEqual([
      'lab.duckdb',
      'lab.duckdb.acknowledged',
      'lab.duckdb.wal',
      'there',
    ]);
    // One that an earlier attempt left half is no hindrance.
    await writeFile(join(folder, 'new.duckdb.partial'), 'half');
    await store.backup(join(folder, 'new.duckdb'));
    await store.close();
  });

  test('without a name goes to the folder beside the store, each under a name of its own', async () => {
    const store = await openStore(path);
    const [one, two] = [await store.backup(), await store.backup()];
    expect(one.path).not.toBe(two.path);
    expect((await readdir(join(folder, 'backups'))).length).toBe(2);
    await store.close();
  });

  test('is taken by itself before the schema changes, and the last three of these are kept', async () => {
    for (let n = 0; n < 5; n++) {
      await rm(path, { force: true });
      const instance = await DuckDBInstance.create(path);
      const old = await instance.connect();
      await old.run('CREATE TABLE schema_version (version INTEGER PRIMARY KEY, applied_ms DOUBLE)');
      await old.run(migrations[0]!);
      await old.run('INSERT INTO schema_version VALUES (1, 0)');
      await old.run(`INSERT INTO jobs VALUES ('j${n}', '{}', NULL)`);
      old.closeSync();
      instance.closeSync();
      await rm(`${path}.acknowledged`, { force: true });
      await (await openStore(path)).close();
      // Up to date: no backup.
      await (await openStore(path)).close();
    }
    const names = await readdir(join(folder, 'backups'));
    expect(names).toHaveLength(3);
    const kept = await Promise.all(
      names.map(async (name) => {
        expect(name).toMatch(/^before-schema-1-/);
        const instance = await DuckDBInstance.create(join(folder, 'backups', name));
        const connection = await instance.connect();
        const rows = await connection.runAndReadAll(
          'SELECT id, (SELECT max(version) FROM schema_version) FROM jobs',
        );
        connection.closeSync();
        instance.closeSync();
        return rows.getRowsJS()[0];
      }),
    );
    expect(kept.sort()).toEqual([
      ['j2', 1],
      ['j3', 1],
      ['j4', 1],
    ]);
  });
});

describe('restoring a backup', () => {
  let backup: string;
  beforeEach(async () => {
    backup = join(folder, 'backup.duckdb');
    const store = await openStore(path);
    await saveJob(store, 'then');
    await store.backup(backup);
    await saveJob(store, 'now');
    await store.close();
  });

  test('brings back what it holds and sets aside the store so far', async () => {
    const note = await restoreStore(path, backup);
    expect(await jobsAt(path)).toEqual(['then']);
    const aside = (await readdir(folder)).find((name) => /replaced-[^.]*$/.test(name)) as string;
    expect(note).toContain(aside);
    expect(await jobsAt(join(folder, aside))).toEqual(['then', 'now']);
    expect(await jobsAt(backup)).toEqual(['then']);
  });

  test('needs no store, or a sound one', async () => {
    await writeFile(path, 'nothing that anybody could read'.repeat(1000));
    await restoreStore(path, backup);
    expect(await jobsAt(path)).toEqual(['then']);
    await rm(path);
    await restoreStore(path, backup);
    expect(await jobsAt(path)).toEqual(['then']);
  });

  test('refuses what is no sound backup and leaves the store as it was', async () => {
    const refused = (file: string, code: string) =>
      expect(restoreStore(path, file)).rejects.toMatchObject({ code });
    await refused(join(folder, 'none'), 'FILE_NOT_FOUND');
    await writeFile(join(folder, 'text'), 'no backup'.repeat(2000));
    await refused(join(folder, 'text'), 'FILE_DAMAGED');
    (await DuckDBInstance.create(join(folder, 'empty'))).closeSync();
    await refused(join(folder, 'empty'), 'FILE_DAMAGED');
    const half = join(folder, 'half');
    await writeFile(half, (await readFile(backup)).subarray(0, 300_000));
    await refused(half, 'FILE_DAMAGED');
    const newer = join(folder, 'newer');
    await copyFile(backup, newer);
    const store = await openStore(newer);
    await store.connection.run('INSERT INTO schema_version VALUES (999, 0)');
    await store.close();
    await refused(newer, 'STORE_TOO_NEW');
    expect(await jobsAt(path)).toEqual(['then', 'now']);
  });

  test('refuses while a lab has the store open', async () => {
    const code = `import { DuckDBInstance } from '@duckdb/node-api';
      globalThis.held = await DuckDBInstance.create(${JSON.stringify(path)});
      console.log('held'); setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    await expect(restoreStore(path, backup)).rejects.toMatchObject({ code: 'STORE_LOCKED' });
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect(await jobsAt(path)).toEqual(['then', 'now']);
  });
});

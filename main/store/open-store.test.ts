import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CurlewError } from '../contract/error.ts';
import { fileBytes, readAcknowledged } from './acknowledged.ts';
import { jobStore } from './job-store.ts';
import { playStore } from './play-store.ts';
import { tablesOf } from './tables.ts';
import { Ledger } from './ledger.ts';
import { openStore } from './open-store.ts';
import { resultStore } from './result-store.ts';
import { migrations } from './migrations.ts';
import { telemetryStore } from './telemetry-store.ts';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'curlew-store-'))));
afterEach(() => rm(folder, { recursive: true }));
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'opened',
    (error: unknown) => (error as CurlewError).code,
  );

describe('opening the store', () => {
  test('the account of what it acknowledged has room for every table, however many rows it has', async () => {
    const store = await openStore(join(folder, 'lab.duckdb'));
    const tables = await tablesOf(store.connection);
    await store.close();
    const rows = Object.fromEntries(tables.map((table) => [table, Number.MAX_SAFE_INTEGER]));
    const account = { state: 'damaged', logBytes: Number.MAX_SAFE_INTEGER, rows };
    expect(JSON.stringify(account).length).toBeLessThan(fileBytes);
  });

  test('brings a new file to the last schema and leaves an up-to-date one alone', async () => {
    const path = join(folder, 'lab.duckdb');
    for (let i = 0; i < 2; i++) {
      const store = await openStore(path);
      const rows = await store.connection.runAndReadAll(
        'SELECT version FROM schema_version ORDER BY version',
      );
      expect(rows.getRowObjectsJS().map((row) => row['version'])).toEqual(
        migrations.map((_, index) => index + 1),
      );
      await store.close();
    }
  });

  test('records kept before there were routers get no curiosity and the first place', async () => {
    const path = join(folder, 'lab.duckdb');
    const instance = await DuckDBInstance.create(path);
    const old = await instance.connect();
    await old.run('CREATE TABLE schema_version (version INTEGER PRIMARY KEY, applied_ms DOUBLE)');
    await old.run(migrations[0]!);
    await old.run('INSERT INTO schema_version VALUES (1, 0)');
    await old.run(`INSERT INTO telemetry VALUES ('b', 1, 1, 0, 0, 1, 'e', 0, 1, 0, 0, 0, 0, 0, 'none', 0, 'none',
      NULL, NULL, NULL)`);
    old.closeSync();
    instance.closeSync();
    const store = await openStore(path);
    expect((await telemetryStore(store).records('b', 1))[0]).toMatchObject({ curiosity: 0, place: 0 });
    await store.close();
  });

  test('recordings that were classified and damaged leave the list of those that were not classified', async () => {
    const path = join(folder, 'lab.duckdb');
    const instance = await DuckDBInstance.create(path);
    const old = await instance.connect();
    await old.run('CREATE TABLE schema_version (version INTEGER PRIMARY KEY, applied_ms DOUBLE)');
    const before = 5;
    for (let version = 1; version <= before; version++) {
      await old.run(migrations[version - 1]!);
      await old.run('INSERT INTO schema_version VALUES ($1, 0)', [version]);
    }
    const failed = ['cut', 'empty'].map((name) => ({
      path: name,
      code: 'X',
      message: `${name}, “it’s” said`,
    }));
    const record = (id: string, result: unknown) =>
      JSON.stringify({
        job: { id, kind: id === 'train' ? id : 'classify', createdMs: 1, result },
        params: { paths: ['/card'], expertId: 'night' },
      });
    const jobs: [string, string, unknown][] = [
      ['done', record('done', { kind: 'classify', failed, files: 2 }), null],
      ['under way', record('under way', null), { failed, wallSeconds: 3, part: null }],
      ['all well', record('all well', { kind: 'classify', failed: [], files: 2 }), { failed: [] }],
      ['all cut', record('all cut', { kind: 'classify', failed: failed.slice(0, 1), files: 2 }), null],
      ['train', record('train', { kind: 'train', bank: 'b' }), { step: 1 }],
    ];
    for (const [id, text, checkpoint] of jobs) {
      await old.run('INSERT INTO jobs VALUES ($1, $2, $3)', [
        id,
        text,
        checkpoint === null ? null : JSON.stringify(checkpoint),
      ]);
      for (const name of ['cut', 'sound'])
        await old.run(`INSERT INTO classified_files VALUES ($1, $2, 1, 1, 1, 1, 1, 'dog', 1)`, [id, name]);
      await old.run(`INSERT INTO detections VALUES ($1, 'cut', 0.48, 1.935, 'dog', 0.75)`, [id]);
    }
    old.closeSync();
    instance.closeSync();
    const store = await openStore(path);
    const files = async (id: string) =>
      (await resultStore(store).files(id, { limit: 10 })).map((file) => [
        ...[file.fileId, file.path, file.state],
        file.notes[0]?.text ?? file.error?.message ?? null,
      ]);
    const whole = [
      [0, 'cut', 'classified', 'cut, “it’s” said'],
      [1, 'sound', 'classified', null],
    ];
    expect(await files('done')).toEqual([...whole, [2, 'empty', 'failed', 'empty, “it’s” said']]);
    expect(await files('under way')).toEqual([...whole, [2, 'empty', 'failed', 'empty, “it’s” said']]);
    const kept = await jobStore(store).loadJobs();
    const of = (id: string) => kept.find(({ record }) => record.job.id === id)!;
    const counts = { kind: 'classify', files: 2, copies: 0, leftOut: 0, detections: 1 };
    expect(of('done').record.job.result).toEqual({ ...counts, failed: 1 });
    expect(of('done').record.params).toEqual({ paths: ['/card'], modelId: 'night', settings: {} });
    expect(of('under way').checkpoint).toEqual({ wallSeconds: 3, listed: false });
    expect(of('under way').record.job.result).toBeNull();
    expect(of('all well').record.job.result).toEqual({ ...counts, failed: 0 });
    expect(of('all cut').record.job.result).toEqual({ ...counts, failed: 0 });
    expect(await resultStore(store).detections('done', { limit: 10 })).toMatchObject([
      {
        fileId: 0,
        number: 0,
        path: 'cut',
        startS: 0.48,
        endS: 1.935,
        windows: 2,
        peak: 0.75,
        expert: 'night',
      },
    ]);
    expect(of('train').checkpoint).toEqual({ step: 1 });
    expect(of('train').record.job.result).toEqual({ kind: 'train', bank: 'b' });
    await store.close();
  });

  test('what boards answered leaves the records of jobs, and nothing of it is lost', async () => {
    const path = join(folder, 'lab.duckdb');
    const before = migrations.findIndex((sql) => sql.includes('CREATE TABLE plays'));
    const instance = await DuckDBInstance.create(path);
    const old = await instance.connect();
    await old.run('CREATE TABLE schema_version (version INTEGER PRIMARY KEY, applied_ms DOUBLE)');
    for (let version = 1; version <= before; version++) {
      await old.run(migrations[version - 1]!);
      await old.run('INSERT INTO schema_version VALUES ($1, 0)', [version]);
    }
    const window = { boardId: 'b', startS: 0.48, label: 'dog', logits: [1.5, -2], topProbability: 0.75 };
    const record = (id: string, title: string, result: unknown) => ({
      job: { ...{ id, title, result }, kind: 'play', createdMs: 5, finishedMs: 9 },
      params: null,
    });
    const windows = [{ ...window, startS: 0 }, window];
    const records = [
      record('clip', 'Play dog at Pond at dusk', { kind: 'play', boardId: 'b', windows }),
      record('file', 'Play /r/at sea.wav at Heron', {
        kind: 'play',
        boardId: 'b',
        windows: windows.slice(1),
      }),
      record('failed', 'Play rain at Heron', null),
    ];
    for (const one of records)
      await old.run('INSERT INTO jobs (id, record) VALUES ($1, $2)', [one.job.id, JSON.stringify(one)]);
    old.closeSync();
    instance.closeSync();
    const store = await openStore(path);
    const plays = playStore(store);
    const [file] = await plays.newest('b', { kind: 'file', path: '/r/at sea.wav' }, 5);
    expect(file).toMatchObject({
      jobId: 'file',
      boardName: 'Heron',
      bank: null,
      windows: 1,
      startedMs: 5,
      endedMs: 9,
    });
    const [clip] = await plays.ofJob('clip', { limit: 5 });
    const source = { kind: 'clip', clipId: 'dog' };
    expect(clip).toMatchObject({ source, boardName: 'Pond at dusk', windows: 2, file: null, error: null });
    const kept = await plays.windows(clip!.id, { limit: 5 });
    expect(kept).toEqual(
      windows.map((one) => ({ ...one, place: 0, gate: [], curiosity: 0, score: 0, stages: null })),
    );
    const results = (await jobStore(store).loadJobs()).map(({ record: { job } }) => [job.id, job.result]);
    const left = { kind: 'play', boardId: 'b', recordings: 1, failed: [] };
    expect(new Map(results as [string, unknown][])).toEqual(
      new Map<string, unknown>([
        ['clip', { ...left, windows: 2 }],
        ['file', { ...left, windows: 1 }],
        ['failed', null],
      ]),
    );
    await store.close();
  });

  test('refuses a store of a newer Curlew', async () => {
    const path = join(folder, 'lab.duckdb');
    const store = await openStore(path);
    await store.connection.run('INSERT INTO schema_version VALUES (999, 0)');
    await store.close();
    expect(await codeOf(openStore(path))).toBe('STORE_TOO_NEW');
  });

  test('says that another process holds it', async () => {
    const path = join(folder, 'lab.duckdb');
    const code = `import { DuckDBInstance } from '@duckdb/node-api';
      globalThis.held = await DuckDBInstance.create(${JSON.stringify(path)});
      console.log('held'); setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    expect(await codeOf(openStore(path))).toBe('STORE_LOCKED');
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const store = await openStore(path);
    await store.close();
  });

  test('what is read sees the store as it is, and waits for no transaction under way', async () => {
    const store = await openStore(join(folder, 'lab.duckdb'));
    const tables = 'SELECT count(*)::INTEGER FROM duckdb_tables() WHERE table_name = $1';
    const made = () =>
      store.reading(
        async (connection) => (await connection.runAndReadAll(tables, ['made'])).getRowsJS()[0]![0],
      );
    await store.transaction(async (connection) => {
      await connection.run('CREATE TABLE made (one INTEGER)');
      expect(await made()).toBe(0);
    });
    expect(await made()).toBe(1);
    const last = made();
    await store.close();
    expect(await last).toBe(1);
    await expect(made()).rejects.toMatchObject({ code: 'STORE_FAILED' });
  });

  test('a transaction that fails leaves nothing behind', async () => {
    const store = await openStore(join(folder, 'lab.duckdb'));
    const failing = store.transaction(async (connection) => {
      await connection.run(`INSERT INTO jobs VALUES ('a', '{}', NULL)`);
      await connection.run(`INSERT INTO jobs VALUES ('a', '{}', NULL)`);
    });
    expect(await codeOf(failing)).toBe('STORE_FAILED');
    const rows = await store.connection.runAndReadAll('SELECT * FROM jobs');
    expect(rows.getRowObjectsJS()).toEqual([]);
    await store.close();
  });

  test('rows that were deleted are not missed, also where the process dies at the commit', async () => {
    const path = join(folder, 'lab.duckdb');
    const store = await openStore(path);
    await store.transaction((connection) => connection.run(`INSERT INTO jobs VALUES ('a', '{}', NULL)`));
    expect((await readAcknowledged(path))?.rows).toMatchObject({ jobs: 1 });
    const ledger = await Ledger.open(path, store.connection);
    await store.connection.run('BEGIN');
    await store.connection.run('DELETE FROM jobs');
    await ledger.fewerRows();
    expect((await readAcknowledged(path))?.rows).toMatchObject({ jobs: 0 });
    await store.connection.run('ROLLBACK');
    await store.deletion((connection) => connection.run('DELETE FROM jobs'));
    expect((await readAcknowledged(path))?.rows).toMatchObject({ jobs: 0 });
    await store.close();
  });
});

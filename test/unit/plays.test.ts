/** Recordings played at a virtual board with real firmware: who answered, what is kept of it, and folders of them. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LabClient } from '../../main/contract/client.ts';
import { connectLab } from '../../main/contract/connect.ts';
import type { Job, Played, PlayedSource, PlayResult, WindowResult } from '../../main/contract/types.ts';
import { openLab, type Lab } from '../../main/lab.ts';
import { noise, wavBytes } from '../../main/recordings/testing.ts';
import { localTransport } from '../../main/shells/local-transport.ts';
import { randomBank } from '../fixtures/random-bank.ts';

let folder: string;
let lab: Lab;
let client: LabClient;
let boardId: string;
const { experts, router } = randomBank([1, 2, 3]);
const hash = (image: Uint8Array) => createHash('sha256').update(image).digest('hex');

async function open(): Promise<void> {
  lab = await openLab({ dataFolder: join(folder, 'data'), shell: 'test', roots: [folder] });
  client = connectLab(localTransport(lab));
  boardId = (await client.request('boards.list', {}))[0]!.id;
}
async function close(): Promise<void> {
  client.close();
  await lab.close();
}
async function ended(job: Job): Promise<Job> {
  for (;;) {
    const now = (await client.request('jobs.list', {})).find((one) => one.id === job.id) as Job;
    if (now.finishedMs !== null) return now;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
async function write(name: string, seconds: number, seed: number): Promise<string> {
  const path = join(folder, 'sounds', name);
  await writeFile(path, wavBytes([noise(Math.round(16_000 * seconds), seed)], { sampleRate: 16_000 }));
  return path;
}
const deploy = async (names: string[]) =>
  ended(await client.request('deploy.files', { boardId, paths: names.map((name) => join(folder, name)) }));
const play = async (source: PlayedSource & { startS?: number; durationS?: number }) =>
  ended(await client.request('play.start', { boardId, source }));
const playsOf = (job: Job) => client.request('play.recordings', { jobId: job.id, limit: 100 });
const windowsOf = (played: Played | undefined) =>
  client.request('play.windows', { playedId: played?.id ?? '', limit: 1000 });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-plays-'));
  await mkdir(join(folder, 'sounds', 'deep'), { recursive: true });
  for (const [i, image] of [...experts, router].entries()) await writeFile(join(folder, `${i}.img`), image);
  await write('a.wav', 4, 1);
  await write('b.wav', 1.6, 2);
  await write('deep/c.wav', 1.2, 3);
  await writeFile(join(folder, 'sounds', 'broken.wav'), 'RIFF is not enough');
  await write('short.wav', 0.5, 4);
  await open();
});
afterAll(async () => {
  await close();
  await rm(folder, { recursive: true });
});

describe('a recording played at a board', () => {
  const path = () => join(folder, 'sounds', 'a.wav');
  const source = () => ({ kind: 'file' as const, path: path() });

  test('keeps who answered, what was played and when, window by window, also for a later lab', async () => {
    await deploy(['0.img']);
    const began = Date.now();
    const job = await play(source());
    expect(job.result).toEqual({ kind: 'play', boardId, recordings: 1, windows: 7, failed: [] });
    const [played] = await client.request('play.newest', { boardId, source: source() });
    expect(played).toMatchObject({
      jobId: job.id,
      boardName: 'virtual-1',
      bank: {
        router: null,
        topK: 1,
        encoders: [],
        experts: [{ name: 'random-1', sha256: hash(experts[0]!) }],
      },
      source: source(),
      file: { bytes: 44 + 2 * 64_000 },
      windows: 7,
      error: null,
    });
    expect(played!.startedMs).toBeGreaterThanOrEqual(began);
    expect(played!.endedMs).toBeGreaterThanOrEqual(played!.startedMs);
    const windows = await windowsOf(played);
    await close();
    await open();
    expect(await client.request('play.newest', { boardId, source: source() })).toEqual([played]);
    expect(await windowsOf(played)).toEqual(windows);
    const later = { playedId: played!.id, fromS: 0.96, toS: 2.4, limit: 2 };
    const page = await client.request('play.windows', later);
    const rest = await client.request('play.windows', { ...later, afterS: page.at(-1)!.startS });
    expect([...page, ...rest].map(({ startS }) => startS)).toEqual([0.96, 1.44, 1.92]);
  });

  test('answered by a router names the expert of each window, the one that its record names', async () => {
    await deploy(['3.img', '0.img', '1.img', '2.img']);
    const names: [string, string | null][] = [];
    const heard: WindowResult[] = [];
    const off = client.on('window', ({ result }) => heard.push(result));
    const job = await play(source());
    off();
    const [played] = await playsOf(job);
    expect(played?.bank).toMatchObject({
      router: { sha256: hash(router) },
      topK: expect.any(Number),
      experts: experts.map((image, i) => ({ name: `random-${i + 1}`, sha256: hash(image) })),
    });
    const windows = await windowsOf(played);
    expect(heard).toEqual(windows);
    const records = await client.request('telemetry.records', { boardId, limit: 7 });
    for (const [i, { place, gate }] of windows.entries()) {
      expect(gate).toHaveLength(3);
      expect(gate[place]).toBe(Math.max(...gate));
      names.push([played!.bank!.experts[place]!.name, records[i]!.expertName]);
    }
    expect(names.filter(([answer, record]) => answer !== record)).toEqual([]);
    // One alone does not answer as the router's bank: both are kept, the newest first.
    const newest = await client.request('play.newest', { boardId, source: source() });
    expect(newest.map(({ bank }) => bank?.router?.name ?? bank?.experts[0]?.name)).toEqual([
      played!.bank!.router!.name,
      'random-1',
    ]);
  });

  test('in a stretch alone is played from there, by its places in the whole', async () => {
    const job = await play({ ...source(), startS: 1.5, durationS: 1.5 });
    const [played] = await playsOf(job);
    expect(played).toMatchObject({ startS: 1.5, durationS: 1.5, windows: 2 });
    expect((await windowsOf(played)).map(({ startS }) => startS)).toEqual([1.5, 1.98]);
  });

  test('that cannot be used is refused with its own sentence', async () => {
    const job = await play({ kind: 'file', path: join(folder, 'sounds', 'short.wav') });
    expect(job).toMatchObject({ state: 'failed', error: { code: 'FILE_TOO_SHORT' } });
    const gone = client.request('play.start', {
      boardId,
      source: { kind: 'file', path: join(folder, 'gone') },
    });
    await expect(gone).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});

describe('a folder played at a board', () => {
  const start = (paths: string[]) =>
    client.request('play.start', { boardId, source: { kind: 'files', paths } });

  test('is played recording after recording; what cannot be played is named and passed over', async () => {
    const job = await ended(await start([join(folder, 'sounds')]));
    const { recordings, windows, failed } = job.result as PlayResult;
    expect([recordings, windows]).toEqual([3, 7 + 2 + 1]);
    expect(failed.map(({ path, message }) => [path.split('/').at(-1), message.length > 20])).toEqual([
      ['broken.wav', true],
      ['short.wav', true],
    ]);
    const played = await playsOf(job);
    expect(
      played.map(({ source, error }) => [source.kind === 'file' && source.path.slice(-6), error?.code]),
    ).toEqual([
      [`/a.wav`, undefined],
      [`/b.wav`, undefined],
      ['en.wav', 'FILE_NOT_AUDIO'],
      [`/c.wav`, undefined],
      ['rt.wav', 'FILE_TOO_SHORT'],
    ]);
    expect(
      await client.request('play.recordings', { jobId: job.id, after: played[2]!.id, limit: 1 }),
    ).toEqual([played[3]]);
  });

  test('waits between two recordings while it is paused, and goes on where it was, also in a later lab', async () => {
    const started: string[] = [];
    const off = client.on('played', ({ source, endedMs }) => {
      if (endedMs === null && source.kind === 'file') started.push(source.path);
      void client.request('jobs.pause', { jobId: job.id }).catch(() => undefined);
    });
    const job = await start([join(folder, 'sounds', 'b.wav'), join(folder, 'sounds', 'a.wav')]);
    const atRest = async () => Boolean((await playsOf(job))[0]?.endedMs);
    while (!(await atRest())) await new Promise((resolve) => setTimeout(resolve, 20));
    off();
    expect(started).toEqual([join(folder, 'sounds', 'b.wav')]);
    await close();
    await open();
    expect((await client.request('jobs.list', {})).find(({ id }) => id === job.id)?.state).toBe('paused');
    const over = await ended(await client.request('jobs.resume', { jobId: job.id }));
    expect(over.result).toMatchObject({ recordings: 2, windows: 2 + 7, failed: [] });
    expect(await playsOf(job)).toHaveLength(2);
  });

  test('without a recording in it is refused, and a cancelled one keeps what was answered', async () => {
    await mkdir(join(folder, 'empty'));
    const empty = await ended(await start([join(folder, 'empty')]));
    expect(empty.error).toMatchObject({ code: 'FOLDER_EMPTY' });
    const job = await start([join(folder, 'sounds')]);
    const off = client.on(
      'window',
      () => void client.request('jobs.cancel', { jobId: job.id }).catch(() => undefined),
    );
    expect(await ended(job)).toMatchObject({ state: 'cancelled' });
    off();
    const stopped = async () => Boolean((await playsOf(job))[0]?.endedMs);
    while (!(await stopped())) await new Promise((resolve) => setTimeout(resolve, 20));
    const [played] = await playsOf(job);
    expect(played).toMatchObject({ error: { code: 'ABORTED' } });
    expect(await windowsOf(played)).toHaveLength(played!.windows);
  });
});

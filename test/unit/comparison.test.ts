/** Boards with real firmware held against the references: by the lab's job, kept, interrupted, judged and written out. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LabClient } from '../../main/contract/client.ts';
import { connectLab } from '../../main/contract/connect.ts';
import type { RequestParams } from '../../main/contract/requests.ts';
import type { CompareResult, ComparedWindow, Job } from '../../main/contract/types.ts';
import { openLab, type Lab } from '../../main/lab.ts';
import { noise, tone, wavBytes } from '../../main/recordings/testing.ts';
import { localTransport } from '../../main/shells/local-transport.ts';

let folder: string;
let lab: Lab;
let client: LabClient;
let boardId: string;
const sounds = () => join(folder, 'sounds');

async function open(): Promise<void> {
  lab = await openLab({ dataFolder: join(folder, 'data'), shell: 'test', roots: [folder] });
  client = connectLab(localTransport(lab));
  boardId = (await client.request('boards.list', {}))[0]!.id;
}
async function close(): Promise<void> {
  client.close();
  await lab.close();
}
const jobOf = (jobId: string) => client.request('jobs.get', { jobId });
async function ended({ id }: Job): Promise<Job> {
  await expect.poll(async () => (await jobOf(id)).finishedMs).not.toBeNull();
  return jobOf(id);
}
const start = (asked: Partial<RequestParams<'compare.start'>> = {}) =>
  client.request('compare.start', {
    ...{ boards: ['virtual'], models: ['esc10-q4'], paths: [sounds()], windows: 2, ...asked },
  });
async function windowsOf(job: Job, board = 0, model = 0): Promise<ComparedWindow[]> {
  const run = { jobId: job.id, board, model };
  const clips = await client.request('compare.clips', { ...run, by: 'answer', skip: 0, limit: 100 });
  const found = await Promise.all(
    clips.map(({ clip }) => client.request('compare.windows', { ...run, clip })),
  );
  return found.flat().sort((a, b) => a.clip - b.clip || a.window - b.window);
}
/** What must be the same whoever answered, and however often it was interrupted. */
const lasting = ({ clip, window, logits, errors, places }: ComparedWindow) => ({
  ...{ clip, window, logits, errors, places },
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-compare-'));
  for (const [label, make] of [
    ['rain', (i: number) => noise(24_000, i)],
    ['dog', (i: number) => tone(1.5, 16_000, 300 + 90 * i)],
    ['engine of no class', (i: number) => tone(1.5, 16_000, 80 + i)],
  ] as const) {
    await mkdir(join(sounds(), label), { recursive: true });
    for (let i = 0; i < 2; i++)
      await writeFile(join(sounds(), label, `${i}.wav`), wavBytes([make(i)], { sampleRate: 16_000 }));
  }
  await writeFile(join(sounds(), 'dog', 'broken.wav'), 'RIFF is not enough');
  await open();
});
afterAll(async () => {
  await close();
  await rm(folder, { recursive: true });
});

describe('a comparison', () => {
  test('gives boards and references the same sounds: integer stages are equal to the bit, whichever board it is', async () => {
    const before = await client.request('slots.list', { boardId });
    const job = await ended(
      await start({ boards: ['virtual', boardId], models: ['esc10-q4', 'esc10-router'], windows: 1 }),
    );
    expect(job.error).toBeNull();
    const { verdict, windows, failed } = job.result as CompareResult;
    expect({ verdict, windows, failed: failed.length }).toEqual({ verdict: 'pass', windows: 24, failed: 1 });
    const { runs, boards, labelled } = await client.request('compare.get', { jobId: job.id });
    expect([boards.map(({ kind }) => kind), labelled]).toEqual([['virtual', 'virtual'], true]);
    expect(runs).toHaveLength(4);
    for (const { stages, scores, model, sameChoice } of runs) {
      expect(stages.encoder).toMatchObject({ windows: 6, largest: 0, rmse: 0, cosineLeast: 1 });
      expect(stages.expert!.relativeLargest).toBeLessThan(1e-3);
      expect(stages.quantization!.relativeMedian).toBeGreaterThan(stages.expert!.relativeLargest);
      // Labels that are no class of the models have no part in the score.
      expect(scores!.board.clips).toBe(4);
      if (model === 0) expect(stages.router).toBeNull();
      else expect([stages.router!.largest, sameChoice!.quantized]).toEqual([0, 6]);
    }
    for (const model of [0, 1])
      expect((await windowsOf(job, 1, model)).map(lasting)).toEqual(
        (await windowsOf(job, 0, model)).map(lasting),
      );
    // What an attached board ran, it runs again.
    expect((await client.request('slots.list', { boardId })).active).toEqual(before.active);
  });

  test('that the lab was closed under goes on, and finds what one without a break finds', async () => {
    const whole = await ended(await start());
    const job = await start();
    await expect.poll(async () => (await jobOf(job.id)).progress ?? 0).toBeGreaterThan(0);
    await close();
    await open();
    const found = await jobOf(job.id);
    if (found.state === 'paused') await client.request('jobs.resume', { jobId: job.id });
    const resumed = await ended(job);
    expect(resumed.result).toEqual(whole.result);
    expect((await windowsOf(job)).map(lasting)).toEqual((await windowsOf(whole)).map(lasting));
  });

  test('names the first stage that is off by more than a person allows, and fails', async () => {
    const rules = [
      { check: 'features' as const, limit: null, share: 1 },
      { check: 'expert' as const, limit: 0, share: 1 },
      { check: 'quantization' as const, limit: 1, share: 0.5 },
    ];
    const job = await ended(await start({ rules }));
    expect((job.result as CompareResult).verdict).toBe('fail');
    const [run] = (await client.request('compare.get', { jobId: job.id })).runs;
    const verdictOf = (name: string) => run!.checks.find(({ check }) => check === name)!.verdict;
    // Four of four clips leave a half open: what is asked for lies within the interval.
    expect(['features', 'encoder', 'expert', 'quantization'].map(verdictOf)).toEqual([
      ...['not judged', 'pass', 'fail', 'pass'],
    ]);
    const off = (await windowsOf(job)).filter(({ firstOff }) => firstOff !== null);
    expect(new Set(off.map(({ firstOff }) => firstOff))).toEqual(new Set(['expert']));
  });

  test('is told as one page, with its distributions and the windows of what differs most', async () => {
    const job = await ended(await start({ boards: ['virtual', 'virtual:stm32l496-80mhz'], warmUp: 1 }));
    const { figures, tests, tradeOffs } = await client.request('compare.statistics', { jobId: job.id });
    const latency = figures.filter(({ metric, stage }) => metric === 'latency' && stage === 'total');
    expect(latency.map(({ source, spread, warmUp }) => [source, spread.n, warmUp?.n])).toEqual([
      ['modelled', 11, 1],
      ['modelled', 11, 1],
    ]);
    // The slower clock takes longer for every window.
    expect(
      tests.find(({ test, metric }) => test === 'wilcoxon' && metric === 'latency')!.adjusted,
    ).toBeLessThan(0.05);
    expect(tradeOffs.filter(({ front }) => front.latencyUs)).toHaveLength(1);
    const { text } = await client.request('compare.report', { jobId: job.id });
    expect(text).toMatch(/^<!doctype html>/);
    expect(text).toContain('dog/0.wav');
    expect(text).toContain('<polyline');
    // The sounds are drawn for those who may hear them.
    expect(text).toContain('<path class="sound"');
    expect(text).not.toMatch(/<script|src=|href="http/);
  });

  test('is written as one table, and goes with its job', async () => {
    const job = await ended(await start({ answersOnly: true, clips: 3 }));
    const path = join(folder, 'windows.csv');
    const { rows } = await client.request('compare.write', { jobId: job.id, format: 'csv', path });
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
    expect(lines).toHaveLength(rows + 1);
    expect(lines[0]).toContain('Board,Model,Recording,Label');
    const again = client.request('compare.write', { jobId: job.id, format: 'csv', path });
    await expect(again).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    const [run] = (await client.request('compare.get', { jobId: job.id })).runs;
    expect(run!.stages).toMatchObject({ features: null, encoder: null, expert: null });
    expect(run!.stages.answer!.windows).toBe(rows);
    await client.request('jobs.delete', { jobId: job.id });
    await expect(client.request('compare.get', { jobId: job.id })).rejects.toMatchObject({
      code: 'JOB_NOT_FOUND',
    });
  });

  test.each([
    [{ boards: ['none'] }, 'REQUEST_INVALID'],
    [{ boards: ['virtual:no-such-chip'] }, 'REQUEST_INVALID'],
    [{ boards: ['0000000000000000'] }, 'BOARD_NOT_FOUND'],
    [{ models: ['no-such-expert'] }, 'EXPERT_NOT_FOUND'],
    [{ models: ['esc10-q4', 'esc10-q4'] }, 'REQUEST_INVALID'],
  ])('of %j is refused before it begins', async (asked, code) => {
    await expect(start(asked)).rejects.toMatchObject({ code });
  });
});

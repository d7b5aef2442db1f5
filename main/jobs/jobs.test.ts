import { afterEach, describe, expect, it, vi } from 'vitest';
import { TestClock } from '../../devices/protocol/test-clock.ts';
import { CurlewError } from '../contract/error.ts';
import type { Job } from '../contract/types.ts';
import type { JobContext, JobDefinition } from './definition.ts';
import { Jobs } from './jobs.ts';
import { MemoryJobStore, someResult as result, whenFinished } from './testing.ts';

const definition = (run: JobDefinition['run'], more: Partial<JobDefinition> = {}): JobDefinition => ({
  kind: 'play',
  title: 'Work',
  reads: ['a.wav'],
  writes: ['Heron'],
  canPause: true,
  run,
  ...more,
});

/** Work that goes step by step as the test says, with a pause point before every step. */
function stepwork() {
  const done: number[] = [];
  let allow = 0;
  let wake: () => void = () => undefined;
  const run = async ({ signal, pausePoint }: JobContext) => {
    for (let step = 0; step < 5; step++) {
      await pausePoint();
      while (allow <= step) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
        if (signal.aborted) throw new CurlewError('ABORTED', 'Stopped.');
      }
      done.push(step);
    }
    return result;
  };
  const step = async (to: number) => {
    allow = to;
    wake();
    await settled();
  };
  return { run, step, done };
}

/** Lets everything that can run without time passing run. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

afterEach(() => {
  vi.useRealTimers();
});

describe('a job', () => {
  it('starts after start has returned, and ends with its result', async () => {
    const jobs = await Jobs.open(new MemoryJobStore());
    let ran = false;
    const job = jobs.start(
      definition(async () => {
        ran = true;
        return result;
      }),
    );
    expect(ran).toBe(false);
    expect(job.state).toBe('queued');
    const end = await whenFinished(jobs, job.id);
    expect(end).toMatchObject({ state: 'done', result, progress: 1, error: null });
    expect(end.finishedMs).not.toBeNull();
  });

  it('that throws has failed, with the code it threw', async () => {
    const jobs = await Jobs.open(new MemoryJobStore());
    const job = jobs.start(
      definition(async () => {
        throw new CurlewError('BOARD_SILENT', 'The board does not answer.');
      }),
    );
    expect(await whenFinished(jobs, job.id)).toMatchObject({
      state: 'failed',
      error: { code: 'BOARD_SILENT', message: 'The board does not answer.' },
    });
  });

  it('stops at its pause point, and goes on where it was', async () => {
    const jobs = await Jobs.open(new MemoryJobStore());
    const work = stepwork();
    const { id } = jobs.start(definition(work.run));
    await settled();
    await work.step(2);
    expect(jobs.pause(id).state).toBe('paused');
    await work.step(3);
    await work.step(5);
    expect(work.done).toEqual([0, 1, 2]);
    expect(jobs.resume(id).state).toBe('running');
    await whenFinished(jobs, id);
    expect(work.done).toEqual([0, 1, 2, 3, 4]);
  });

  it('is cancelled while it runs, waits or is paused, and its work is told', async () => {
    for (const when of ['queued', 'running', 'paused']) {
      const jobs = await Jobs.open(new MemoryJobStore());
      const work = stepwork();
      const { id } = jobs.start(definition(work.run));
      if (when !== 'queued') await settled();
      if (when === 'paused') {
        jobs.pause(id);
        await work.step(1);
      }
      expect(jobs.cancel(id)).toMatchObject({ state: 'cancelled' });
      await work.step(5);
      expect(jobs.get(id).state).toBe('cancelled');
      expect(work.done.length).toBeLessThan(2);
      expect(jobs.cancel(id).state).toBe('cancelled');
      await jobs.close();
    }
  });

  it('that cannot pause says so', async () => {
    const jobs = await Jobs.open(new MemoryJobStore());
    const { id } = jobs.start(definition(stepwork().run, { canPause: false }));
    expect(() => jobs.pause(id)).toThrow(expect.objectContaining({ code: 'JOB_STATE' }));
    await jobs.close();
  });

  it('that nobody knows is JOB_NOT_FOUND', async () => {
    const jobs = await Jobs.open(new MemoryJobStore());
    for (const command of ['pause', 'resume', 'cancel'] as const) {
      expect(() => jobs[command]('none')).toThrow(expect.objectContaining({ code: 'JOB_NOT_FOUND' }));
    }
  });

  it('that failed is taken up again from its checkpoint', async () => {
    const jobs = await Jobs.open(new MemoryJobStore());
    const seen: unknown[] = [];
    const { id } = jobs.start(
      definition(async ({ resumedFrom, checkpoint }) => {
        seen.push(resumedFrom);
        if (seen.length === 1) {
          await checkpoint({ file: 7 });
          throw new CurlewError('FILE_UNREADABLE', 'The card was pulled.');
        }
        return result;
      }),
    );
    await whenFinished(jobs, id);
    jobs.resume(id);
    await settled();
    expect(jobs.get(id)).toMatchObject({ state: 'done', error: null });
    expect(seen).toEqual([null, { file: 7 }]);
  });
});

describe('a queue', () => {
  it('runs one job after another, and lets the next begin while one is paused', async () => {
    const jobs = await Jobs.open(new MemoryJobStore());
    const works = [stepwork(), stepwork(), stepwork()];
    const ids = works.map((work) => jobs.start(definition(work.run, { queue: 'q' })).id);
    const other = jobs.start(definition(stepwork().run)).id;
    await settled();
    const states = () => ids.map((id) => jobs.get(id).state);
    expect(states()).toEqual(['running', 'queued', 'queued']);
    expect(jobs.get(other).state).toBe('running');
    jobs.pause(ids[0]!);
    expect(states()).toEqual(['paused', 'running', 'queued']);
    expect(jobs.resume(ids[0]!).state).toBe('queued');
    await works[0]!.step(5);
    expect(works[0]!.done.length).toBeLessThan(5);
    await works[1]!.step(5);
    await settled();
    expect(states()).toEqual(['done', 'done', 'running']);
    await jobs.close();
  });
});

describe('progress', () => {
  it('comes at most ten times a second, and the last always', async () => {
    vi.useFakeTimers();
    const jobs = await Jobs.open(new MemoryJobStore());
    const seen: Job[] = [];
    jobs.onChange((job) => seen.push(job));
    const { id } = jobs.start(
      definition(async ({ progress }) => {
        for (let i = 1; i <= 1_000; i++) {
          progress(i / 1_000, `${i}`);
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        progress(0.999, 'nearly');
        return result;
      }),
    );
    await vi.advanceTimersByTimeAsync(5_100);
    expect(jobs.get(id).state).toBe('done');
    // 5 s of work: 50 events, and those of its states.
    expect(seen.length).toBeGreaterThan(40);
    expect(seen.length).toBeLessThan(60);
    expect(seen.at(-1)).toMatchObject({ state: 'done', progress: 1 });
  });

  it('that waits is told when nothing follows it', async () => {
    vi.useFakeTimers();
    const jobs = await Jobs.open(new MemoryJobStore());
    const seen: string[] = [];
    jobs.onChange((job) => seen.push(job.detail));
    jobs.start(
      definition(async ({ progress, signal }) => {
        progress(0.1, 'first');
        progress(0.2, 'second');
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        throw new CurlewError('ABORTED', 'Stopped.');
      }),
    );
    await vi.advanceTimersByTimeAsync(150);
    expect(seen.at(-1)).toBe('second');
    const stop = jobs.close();
    await vi.runAllTimersAsync();
    await stop;
  });

  it('reaches no one who has unsubscribed', async () => {
    const jobs = await Jobs.open(new MemoryJobStore());
    let calls = 0;
    jobs.onChange(() => calls++)();
    await whenFinished(jobs, jobs.start(definition(async () => result)).id);
    expect(calls).toBe(0);
  });
});

describe('jobs of a lab that died', () => {
  const makeClassify = (run: JobDefinition['run']) => () =>
    definition(run, { kind: 'classify', params: { paths: ['/a'] } });

  it('are offered as paused, and resumed from their checkpoint', async () => {
    const store = new MemoryJobStore();
    const first = await Jobs.open(store);
    const { id } = first.start(
      makeClassify(async ({ checkpoint, signal }) => {
        await checkpoint({ file: 3 });
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('killed'))));
        return result;
      })(),
    );
    await settled();
    // No close: the store is what a killed lab leaves behind.
    const second = await Jobs.open(store);
    expect(second.get(id)).toMatchObject({ state: 'paused', kind: 'classify' });
    expect(() => second.resume(id)).toThrow(expect.objectContaining({ code: 'JOB_STATE' }));
    const seen: unknown[] = [];
    second.takeUp('classify', (params) => {
      seen.push(params);
      return makeClassify(async ({ resumedFrom }) => {
        seen.push(resumedFrom);
        return result;
      })();
    });
    second.resume(id);
    expect(await whenFinished(second, id)).toMatchObject({ state: 'done' });
    expect(seen).toEqual([{ paths: ['/a'] }, { file: 3 }]);
    await first.close();
  });

  it('have failed when they cannot be taken up again, and what had ended stays as it was', async () => {
    const store = new MemoryJobStore();
    const first = await Jobs.open(store);
    const running = first.start(definition(stepwork().run, { canPause: false })).id;
    const ended = first.start(definition(async () => result)).id;
    await whenFinished(first, ended);
    await settled();
    const before = first.get(ended);
    const second = await Jobs.open(store);
    expect(second.get(running)).toMatchObject({ state: 'failed', error: { code: 'ABORTED' } });
    expect(second.get(ended)).toEqual(before);
    await first.close();
  });

  it('that was closed in order are the same, and close waits for the work', async () => {
    const store = new MemoryJobStore();
    const first = await Jobs.open(store);
    let ended = false;
    const { id } = first.start(
      makeClassify(async ({ signal }) => {
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        await settled();
        ended = true;
        throw new CurlewError('ABORTED', 'Stopped.');
      })(),
    );
    await settled();
    await first.close();
    expect(ended).toBe(true);
    expect(() => first.start(definition(async () => result))).toThrow(
      expect.objectContaining({ code: 'JOB_STATE' }),
    );
    expect((await Jobs.open(store)).get(id).state).toBe('paused');
  });
});

describe('a store that fails', () => {
  it('is told, and the work goes on', async () => {
    const store = new MemoryJobStore();
    store.saveJob = () => Promise.reject(new CurlewError('STORE_FAILED', 'The disk is full.'));
    const problems: string[] = [];
    const jobs = await Jobs.open(store, (error) => problems.push(error.code));
    const { id } = jobs.start(definition(async () => result));
    expect(await whenFinished(jobs, id)).toMatchObject({ state: 'done' });
    await jobs.close();
    expect(new Set(problems)).toEqual(new Set(['STORE_FAILED']));
  });

  it('fails a job whose checkpoint it cannot keep', async () => {
    const store = new MemoryJobStore();
    store.saveCheckpoint = () => Promise.reject(new CurlewError('STORE_FAILED', 'The disk is full.'));
    const jobs = await Jobs.open(store);
    const { id } = jobs.start(
      definition(async ({ checkpoint }) => {
        await checkpoint({ file: 1 });
        return result;
      }),
    );
    expect(await whenFinished(jobs, id)).toMatchObject({ state: 'failed', error: { code: 'STORE_FAILED' } });
  });
});

describe('the list', () => {
  it('is given a page at a time, newest first, also after a job that is gone', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const jobs = await Jobs.open(new MemoryJobStore());
    const ids = [1, 2, 3].map((ms) => {
      vi.setSystemTime(ms);
      return jobs.start(definition(async () => result)).id;
    });
    await settled();
    expect(jobs.page(2).map(({ id }) => id)).toEqual([ids[2], ids[1]]);
    await jobs.delete(ids[1]!);
    expect(jobs.page(2, { createdMs: 2, id: ids[1]! }).map(({ id }) => id)).toEqual([ids[0]]);
  });

  it('finds a job by so much of its id as no other begins with', async () => {
    const store = new MemoryJobStore();
    const first = await Jobs.open(store);
    const { id } = first.start(definition(async () => result));
    await whenFinished(first, id);
    await first.close();
    const [kept] = await store.loadJobs();
    for (const copy of ['abc-1', 'abd-2'])
      await store.saveJob({ ...kept!.record, job: { ...kept!.record.job, id: copy } });
    const jobs = await Jobs.open(store);
    expect(jobs.find('abc').id).toBe('abc-1');
    expect(() => jobs.find('ab')).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
    expect(() => jobs.find('abcd')).toThrow(expect.objectContaining({ code: 'JOB_NOT_FOUND' }));
  });
});

describe('the time that a job took', () => {
  it('is that of its work, over pauses and restarts, with what is left at its pace', async () => {
    const clock = new TestClock();
    const store = new MemoryJobStore();
    let jobs = await Jobs.open(store, undefined, clock);
    let at: JobContext;
    const work = definition(
      (context) =>
        new Promise((_, reject) => {
          at = context;
          context.signal.addEventListener('abort', () => reject(new CurlewError('ABORTED', 'Stopped.')));
        }),
      { params: {} },
    );
    const { id } = jobs.start(work);
    await settled();
    await clock.turn(2_000);
    at!.progress(0.2, '');
    await clock.turn(8_000);
    at!.progress(0.4, '');
    expect(jobs.get(id)).toMatchObject({ workedMs: 10_000, leftMs: 24_000, reads: ['a.wav'] });
    expect(jobs.get(id).startedMs).not.toBeNull();
    jobs.pause(id);
    await clock.turn(60_000);
    expect(jobs.get(id)).toMatchObject({ workedMs: 10_000, leftMs: null });
    jobs.resume(id);
    await clock.turn(1_000);
    await jobs.close();

    jobs = await Jobs.open(store, undefined, clock);
    jobs.takeUp('play', () => work);
    expect(jobs.get(id)).toMatchObject({ state: 'paused', workedMs: 11_000, leftMs: null });
    jobs.resume(id);
    await settled();
    await clock.turn(500);
    expect(jobs.get(id).workedMs).toBe(11_500);
    await jobs.close();
  });

  it('is not known of a job that an older lab kept, which loads all the same', async () => {
    const store = new MemoryJobStore();
    const earlier = await Jobs.open(store);
    const { id } = earlier.start(definition(async () => result, { params: {} }));
    await whenFinished(earlier, id);
    await earlier.close();
    const { record, checkpoint } = store.jobs.get(id)!;
    const { startedMs: _s, workedMs: _w, leftMs: _l, reads: _r, writes: _o, ...old } = record.job;
    store.jobs.set(id, { record: { job: old, params: {} }, checkpoint });
    const jobs = await Jobs.open(store);
    expect(jobs.get(id)).toMatchObject({ startedMs: null, workedMs: null, leftMs: null, reads: [] });
    jobs.takeUp('play', () => definition(async () => result));
    expect(jobs.get(id)).toMatchObject({ state: 'done', reads: ['a.wav'], writes: ['Heron'] });
  });
});

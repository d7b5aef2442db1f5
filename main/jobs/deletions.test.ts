import { expect, describe, it, vi } from 'vitest';
import { CurlewError } from '../contract/error.ts';
import type { JobContext, JobDefinition, Leavings } from './definition.ts';
import { Jobs } from './jobs.ts';
import { MemoryJobStore, someResult as result, whenFinished } from './testing.ts';

const quick: JobDefinition = {
  kind: 'play',
  title: 'Play rain',
  reads: ['rain'],
  writes: ['Heron'],
  canPause: true,
  params: {},
  run: async () => result,
};
const endless: JobDefinition = {
  ...quick,
  run: ({ signal }: JobContext) =>
    new Promise((_, reject) => {
      const stop = () => reject(new CurlewError('ABORTED', 'Stopped.'));
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop);
    }),
};

/** Lets everything that can run without time passing run. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** What is kept of each job, by its id. */
function disk(...ids: string[]) {
  const files = new Map(ids.map((id) => [id, 3]));
  const leavings = {
    holdings: vi.fn(async ({ id }) => ({ goes: ['three files'], stays: [], bytes: files.get(id) ?? 0 })),
    discard: vi.fn(async (id: string) => void files.delete(id)),
    remove: vi.fn(async (id: string) => void files.delete(id)),
  } satisfies Leavings;
  return { files, leavings };
}

async function finishedJob() {
  const store = new MemoryJobStore();
  const jobs = await Jobs.open(store);
  const { id } = jobs.start(quick);
  await whenFinished(jobs, id);
  const { files, leavings } = disk(id);
  jobs.keeps('play', leavings);
  return { store, jobs, id, files, leavings };
}

describe('a job that is deleted', () => {
  it('goes with all that it holds, is told of as gone, and is not found again', async () => {
    const { store, jobs, id, files } = await finishedJob();
    const gone: string[] = [];
    jobs.onGone((one) => gone.push(one));
    expect(await jobs.holdings(id)).toEqual({ goes: ['three files'], stays: [], bytes: 3 });
    expect(await jobs.delete(id)).toEqual({ goes: ['three files'], stays: [], bytes: 3 });
    expect([files.size, store.jobs.size, gone]).toEqual([0, 0, [id]]);
    expect(() => jobs.get(id)).toThrow(expect.objectContaining({ code: 'JOB_NOT_FOUND' }));
    await expect(jobs.delete(id)).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
    expect((await Jobs.open(store)).page(10)).toEqual([]);
  });

  it('is refused while it waits, runs or is paused', async () => {
    const jobs = await Jobs.open(new MemoryJobStore());
    const queue = { ...endless, queue: 'one' };
    const first = jobs.start(queue);
    const second = jobs.start(queue);
    const third = jobs.start(queue);
    await settled();
    jobs.pause(third.id);
    for (const [{ id }, state] of [
      [first, 'running'],
      [second, 'queued'],
      [third, 'paused'],
    ] as const) {
      expect(jobs.get(id).state).toBe(state);
      await expect(jobs.delete(id)).rejects.toMatchObject({ code: 'JOB_STATE' });
    }
    await jobs.close();
  });

  it('by two at once goes once, and cannot be resumed meanwhile', async () => {
    const { jobs, id, leavings } = await finishedJob();
    const both = [jobs.delete(id), jobs.delete(id)];
    expect(() => jobs.resume(id)).toThrow(expect.objectContaining({ code: 'JOB_NOT_FOUND' }));
    const [one, other] = await Promise.all(both);
    expect(one).toEqual(other);
    expect(leavings.remove).toHaveBeenCalledTimes(1);
  });

  it('stays in the list where what it holds cannot be taken away, and goes at the next try', async () => {
    const { jobs, id, leavings } = await finishedJob();
    leavings.remove.mockRejectedValueOnce(new Error('EACCES'));
    await expect(jobs.delete(id)).rejects.toThrow('EACCES');
    expect(jobs.get(id).state).toBe('done');
    await jobs.delete(id);
    expect(jobs.page(10)).toEqual([]);
  });

  it.each(['before', 'after'])(
    'goes wholly with the next lab where this one dies %s what it holds went',
    async (when) => {
      const { store, jobs, id, leavings, files } = await finishedJob();
      leavings.remove.mockImplementation(async (one: string) => {
        if (when === 'after') files.delete(one);
        throw new Error('killed');
      });
      await expect(jobs.delete(id)).rejects.toThrow('killed');
      const next = await Jobs.open(store);
      expect(next.page(10)).toEqual([]);
      const left = disk(...files.keys());
      next.keeps('play', left.leavings);
      await next.close();
      expect([left.files.size, store.jobs.size]).toEqual([0, 0]);
    },
  );
});

describe('the unfinished work of a cancelled job', () => {
  it('goes at once, when the work has ended', async () => {
    const jobs = await Jobs.open(new MemoryJobStore());
    const { id } = jobs.start(endless);
    const { files, leavings } = disk(id);
    jobs.keeps('play', leavings);
    await settled();
    jobs.cancel(id);
    await jobs.close();
    expect(files.size).toBe(0);
    expect(leavings.remove).not.toHaveBeenCalled();
  });

  it('goes though it was paused by an earlier lab and never begun in this one', async () => {
    const store = new MemoryJobStore();
    const earlier = await Jobs.open(store);
    const { id } = earlier.start(endless);
    await settled();
    await earlier.close();
    const jobs = await Jobs.open(store);
    const { files, leavings } = disk(id);
    jobs.takeUp('play', () => endless);
    jobs.keeps('play', leavings);
    jobs.cancel(id);
    await jobs.close();
    expect(files.size).toBe(0);
    // A lab that died before it went finds it.
    const left = disk(id);
    const next = await Jobs.open(store);
    next.keeps('play', left.leavings);
    await next.close();
    expect(left.files.size).toBe(0);
  });
});

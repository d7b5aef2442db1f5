import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { CurlewError } from './contract/error.ts';
import { requests } from './contract/requests.ts';
import { dispatch, type Handlers } from './dispatch.ts';

/** Handlers that only answer to `jobs.cancel`; the others are reached by a mistake of the dispatcher alone. */
function handlers(cancel: Handlers['jobs.cancel'] = () => 'cancelled' as never): Handlers {
  const mistake = (): never => {
    throw new Error('This handler was not asked for.');
  };
  const all = Object.fromEntries(Object.keys(requests).map((name) => [name, mistake]));
  return { ...(all as unknown as Handlers), 'jobs.cancel': cancel };
}
const cancel = (params: unknown = { jobId: 'one' }) => ({
  type: 'request',
  id: 7,
  name: 'jobs.cancel',
  params,
});

describe('the dispatcher', () => {
  it('hands checked parameters to the handler of that name and its result back under the same number', async () => {
    const handler = vi.fn(async () => 'cancelled' as never);
    expect(await dispatch(handlers(handler), cancel(), 'operator')).toEqual({
      type: 'reply',
      id: 7,
      ok: true,
      result: 'cancelled',
    });
    expect(handler).toHaveBeenCalledExactlyOnceWith({ jobId: 'one' }, 'operator', null);
  });

  it('names what is wrong with parameters and where', async () => {
    const reply = await dispatch(handlers(), cancel({ jobId: 5 }), 'operator');
    expect(reply).toMatchObject({ id: 7, ok: false, error: { code: 'REQUEST_INVALID' } });
    expect(JSON.stringify(reply)).toContain('jobId');
  });

  it('says a setting’s own sentence, and not what the request is called', async () => {
    const settings = {
      ...{ name: '', latitude: 95, longitude: 0, microphoneRate: 16_000, listenS: 0, periodS: 0 },
      ...{ hopSamples: 7680, leastProbability: 0, mostEntropy: 0, telemetryIntervalMs: 0, autoStart: false },
      ...{ uncertainPercent: 0, uncertainPaceS: 600 },
    };
    const asked = { ...cancel({ boardId: 'b', settings }), name: 'boards.changeSettings' };
    expect(await dispatch(handlers(), asked, 'operator')).toMatchObject({
      error: { code: 'REQUEST_INVALID', message: 'Latitude goes from −90 (south) to 90 (north).' },
    });
  });

  it.each(['nothing', '', 'hasOwnProperty', '__proto__', 'toString'])(
    'knows no request “%s”',
    async (name) => {
      const reply = await dispatch(handlers(), { ...cancel(), name }, 'operator');
      expect(reply).toMatchObject({ id: 7, ok: false, error: { code: 'REQUEST_UNKNOWN' } });
    },
  );

  it.each([
    [
      'thrown',
      () => {
        throw new CurlewError('JOB_NOT_FOUND', 'No such job.', { jobId: 'one' });
      },
    ],
    ['rejected', () => Promise.reject(new CurlewError('JOB_NOT_FOUND', 'No such job.', { jobId: 'one' }))],
  ])('passes on the code, sentence and facts of what is %s', async (_how, handler) => {
    const error = { code: 'JOB_NOT_FOUND', message: 'No such job.', context: { jobId: 'one' } };
    expect(await dispatch(handlers(handler), cancel(), 'operator')).toEqual({
      type: 'reply',
      id: 7,
      ok: false,
      error,
    });
  });

  it('keeps the code and the sentence when the facts cannot be carried', async () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    for (const context of [circle, { count: 5n }]) {
      const fail = () => Promise.reject(new CurlewError('STORE_FAILED', 'The disk is full.', context));
      expect(await dispatch(handlers(fail), cancel(), 'operator')).toMatchObject({
        ok: false,
        error: { code: 'STORE_FAILED', message: 'The disk is full.', context: {} },
      });
    }
  });

  it.each([new TypeError('x is undefined'), 'text', null, undefined, 42])(
    'maps a thrown %s to INTERNAL',
    async (thrown) => {
      const reply = await dispatch(
        handlers(() => Promise.reject(thrown as Error)),
        cancel(),
        'operator',
      );
      expect(reply).toMatchObject({ id: 7, ok: false, error: { code: 'INTERNAL' } });
    },
  );

  it('maps an abort to ABORTED', async () => {
    const fail = () => Promise.reject(new DOMException('gone', 'AbortError') as Error);
    const reply = await dispatch(handlers(fail), cancel(), 'operator');
    expect(reply).toMatchObject({ ok: false, error: { code: 'ABORTED' } });
  });

  it('answers anything at all with a reply', async () => {
    const nearly = fc.record(
      {
        type: fc.constantFrom('request', 'reply', 1),
        id: fc.oneof(fc.integer(), fc.double(), fc.string()),
        name: fc.oneof(fc.constantFrom(...Object.keys(requests)), fc.string()),
        params: fc.anything(),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.anything(), nearly), async (message) => {
        const reply = await dispatch(handlers(), message, 'operator');
        expect(reply.type).toBe('reply');
        expect(typeof reply.id).toBe('number');
        if (reply.ok) expect((message as { name: string }).name).toBe('jobs.cancel');
      }),
      { numRuns: 500 },
    );
  });
});

import { beforeEach, describe, expect, test } from 'vitest';
import { CurlewError } from '../../main/contract/error.ts';
import { createSmpClient } from './client.ts';
import { expertRollback } from './messages/expert-rollback.ts';
import { expertWrite } from './messages/expert-write.ts';
import { osEcho } from './messages/os-echo.ts';
import { osParameters } from './messages/os-parameters.ts';
import { scriptedStream, type ScriptedStream } from './scripted-stream.ts';
import type { SmpMessage } from './smp.ts';
import { TestClock } from './test-clock.ts';

const echo = (request: SmpMessage) => ({ r: request.payload['d'] });
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'resolved',
    (error: unknown) => (error instanceof CurlewError ? error.code : String(error)),
  );

let clock: TestClock;
beforeEach(() => {
  clock = new TestClock();
});

const clientOf = (stream: ScriptedStream) => {
  const client = createSmpClient(stream, 'test port', clock);
  client.setLimits({ messageBytes: 512, outstanding: 4 });
  return client;
};

describe('the SMP client', () => {
  test.each([1, 2, 3, 7, 50])('reads a reply that comes in pieces of %i bytes', async (piece) => {
    const client = clientOf(scriptedStream(echo, piece));
    expect(await client.request(osEcho, { text: 'hello' })).toEqual({ text: 'hello' });
  });

  test('works in both framings on one stream', async () => {
    const client = clientOf(scriptedStream(echo));
    expect((await client.request(osEcho, { text: 'a' })).text).toBe('a');
    client.setFraming('binary');
    expect((await client.request(osEcho, { text: 'b' })).text).toBe('b');
  });

  test('matches replies by sequence number when they come out of order', async () => {
    const held: SmpMessage[] = [];
    const stream = scriptedStream((request, self) => {
      held.push(request);
      if (held.length === 3) for (const one of [...held].reverse()) self.reply(one, echo(one));
      return null;
    });
    const client = clientOf(stream);
    const texts = await Promise.all(['x', 'y', 'z'].map((text) => client.request(osEcho, { text })));
    expect(texts.map((reply) => reply.text)).toEqual(['x', 'y', 'z']);
  });

  test('keeps no more requests outstanding than the board allows', async () => {
    let most = 0;
    let now = 0;
    const stream = scriptedStream((request, self) => {
      most = Math.max(most, ++now);
      clock.after(2, () => {
        now--;
        self.reply(request, echo(request));
      });
      return null;
    });
    const client = clientOf(stream);
    await clock.run(Promise.all(Array.from({ length: 20 }, () => client.request(osEcho, { text: 'q' }))));
    expect(most).toBe(4);
  });

  test('asks a repeatable command again after silence, and drops the late reply', async () => {
    const requests: SmpMessage[] = [];
    const stream = scriptedStream((request, self) => {
      requests.push(request);
      if (requests.length < 2) return null;
      self.reply(requests[0] as SmpMessage, { r: 'late' });
      return { r: 'right' };
    });
    const client = clientOf(stream);
    const asked = client.request(osEcho, { text: 'q' }, { timeoutMs: 10 });
    expect((await clock.run(asked)).text).toBe('right');
    expect(client.counts.retries).toBe(1);
  });

  test('asks again at once when the answer to a later request shows that one was lost', async () => {
    let lost = 1;
    const stream = scriptedStream((request) =>
      request.payload['d'] === 'lost' && lost-- > 0 ? null : echo(request),
    );
    const client = clientOf(stream);
    const asked = Promise.all(['lost', 'kept'].map((text) => client.request(osEcho, { text })));
    expect((await clock.run(asked)).map(({ text }) => text)).toEqual(['lost', 'kept']);
    // Far less than the first time limit.
    expect(clock.nowMs()).toBeLessThan(20);
    expect(client.counts.retries).toBe(1);
  });

  test('does not use a number again while an answer to it may still come', async () => {
    const silent: SmpMessage[] = [];
    const stream = scriptedStream((request) => {
      if (silent.length > 0 || request.payload['d'] !== 'silent') return echo(request);
      silent.push(request);
      return null;
    });
    const client = clientOf(stream);
    const options = { timeoutMs: 5, retries: 0 };
    expect(await clock.run(codeOf(client.request(osEcho, { text: 'silent' }, options)))).toBe('BOARD_SILENT');
    const given = silent[0] as SmpMessage;
    // Its answer comes late, and again and again: none of the next 300 requests may take it for its own.
    for (let i = 0; i < 300; i++) {
      if (i < 200) stream.reply(given, { r: 'late' });
      expect((await client.request(osEcho, { text: `q${i}` })).text).toBe(`q${i}`);
    }
  });

  test('never asks an unrepeatable command again', async () => {
    const stream = scriptedStream(() => null);
    const asked = codeOf(clientOf(stream).request(expertRollback, undefined, { timeoutMs: 10 }));
    expect(await clock.run(asked)).toBe('BOARD_SILENT');
    expect(stream.requests).toHaveLength(1);
  });

  test('tells silence, refusal (both versions) and a wrong reply apart', async () => {
    const with_ = (payload: Record<string, unknown> | null) =>
      clock.run(
        codeOf(
          clientOf(scriptedStream(() => payload)).request(osParameters, undefined, {
            timeoutMs: 10,
            retries: 0,
          }),
        ),
      );
    expect(await with_(null)).toBe('BOARD_SILENT');
    expect(await with_({ err: { group: 64, rc: 7 } })).toBe('BOARD_REFUSED');
    expect(await with_({ rc: 8 })).toBe('BOARD_REFUSED');
    expect(await with_({ buf_size: 'many' })).toBe('BOARD_BAD_REPLY');
  });

  test('rejects everything that waits when the device vanishes, and everything after', async () => {
    const stream = scriptedStream(() => null);
    const client = clientOf(stream);
    const waiting = Array.from({ length: 10 }, () => codeOf(client.request(osEcho, { text: 'q' })));
    await clock.turn(5);
    stream.vanish(new CurlewError('PORT_LOST', 'gone'));
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['PORT_LOST']));
    expect(await codeOf(client.request(osEcho, { text: 'q' }))).toBe('PORT_LOST');
  });

  test('abort ends a wait, in flight or in the queue, and frees its place', async () => {
    const stream = scriptedStream((request) => (request.payload['d'] === 'answer' ? echo(request) : null));
    const client = clientOf(stream);
    const abort = new AbortController();
    const waiting = Array.from({ length: 8 }, () =>
      codeOf(client.request(osEcho, { text: 'q' }, { signal: abort.signal })),
    );
    await clock.turn(5);
    abort.abort();
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['ABORTED']));
    expect((await client.request(osEcho, { text: 'answer' })).text).toBe('answer');
  });

  test('refuses a request larger than the board takes', async () => {
    const client = clientOf(scriptedStream(() => ({ off: 0 })));
    const data = new Uint8Array(600);
    expect(await codeOf(client.request(expertWrite, { slot: 0, offset: 0, data }))).toBe('FRAME_TOO_LARGE');
  });

  test('counts noise and keeps the last of it for a person to see', async () => {
    const stream = scriptedStream((request, self) => {
      self.deliver(new TextEncoder().encode('guru meditation\n'));
      return echo(request);
    });
    const client = clientOf(stream);
    await client.request(osEcho, { text: 'q' });
    expect(client.counts.discarded).toBe(16);
    expect(new TextDecoder().decode(client.lastNoise)).toBe('guru meditation\n');
  });
});

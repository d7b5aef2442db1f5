import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestClock } from '../../../devices/protocol/test-clock.ts';
import type { KeptWebhook } from '../../store/alert-store.ts';
import type { AlertChange } from './alerts.ts';
import type { Alert } from './contract/alerts.ts';
import { Webhook } from './webhook.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let url: string;
let taken: { method: string | undefined; type: string | undefined; body: string }[];
let answer: Answer;
beforeEach(async () => {
  taken = [];
  answer = (_request, response) => response.end();
  server = createServer((request, response) => {
    void (async () => {
      let body = '';
      for await (const piece of request) body += String(piece);
      taken.push({ method: request.method, type: request.headers['content-type'], body });
      answer(request, response);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

async function open(kept: KeptWebhook = { on: true, url }) {
  const clock = new TestClock();
  let stored = kept;
  const webhook = await Webhook.open({
    ...{ clock, fetch, program: 'Curlew 1' },
    store: {
      webhook: async () => stored,
      keepWebhook: async (given) => void (stored = given),
    },
  });
  return { webhook, clock, stored: () => stored };
}

const change = (what: AlertChange['what'] = 'raised', changes: Partial<Alert> = {}): AlertChange => ({
  what,
  alert: {
    ...{ id: 'a1', ruleId: 'r', kind: 'voltage', boardId: 'b1', boardName: 'heron', state: 'open', log: [] },
    ...{ text: 'The supply of heron is at 2.70 V.', raisedMs: 1, changedMs: 1, snoozedUntilMs: null },
    ...{ clearedMs: null, ...changes },
  },
});
const bodies = () => taken.map(({ body }) => JSON.parse(body) as { text: string; alerts: Alert[] });

describe('a webhook', () => {
  it('is sent nothing until it is switched on, and what it is sent then is JSON', async () => {
    const { webhook, stored } = await open({ on: false, url: '' });
    webhook.tell([change()]);
    expect(webhook.state).toMatchObject({ on: false, waiting: 0 });
    await webhook.set(true, url);
    expect(stored()).toEqual({ on: true, url });
    webhook.tell([change(), change('acknowledged')]);
    await expect.poll(() => webhook.state.sent).toBe(1);
    expect(taken).toMatchObject([{ method: 'POST', type: 'application/json' }]);
    expect(bodies()).toEqual([
      {
        program: 'Curlew 1',
        text: 'The supply of heron is at 2.70 V.',
        alerts: [
          {
            ...{
              id: 'a1',
              what: 'raised',
              kind: 'voltage',
              boardId: 'b1',
              boardName: 'heron',
              state: 'open',
            },
            ...{ text: 'The supply of heron is at 2.70 V.', raisedMs: 1, clearedMs: null },
          },
        ],
      },
    ]);
    await webhook.close();
  });

  it('puts many alerts into few messages, and says in words how many there are', async () => {
    const { webhook } = await open();
    webhook.tell(Array.from({ length: 120 }, (_, i) => change('raised', { id: `a${i}`, text: `${i}.` })));
    await expect.poll(() => webhook.state.sent).toBe(3);
    expect(bodies().map(({ alerts }) => alerts.length)).toEqual([50, 50, 20]);
    expect(bodies()[0]!.text).toBe('0.\n1.\n2.\nand 47 others');
    await webhook.close();
  });

  it('tries again, later each time, what was not taken; then gives it up and counts it', async () => {
    const { webhook, clock } = await open();
    const heard = (tries: number) => expect.poll(() => webhook.state.last).toContain(`“try ${tries}”`);
    answer = (_request, response) =>
      response.writeHead(taken.length < 3 ? 503 : 200).end(`try ${taken.length}`);
    webhook.tell([change()]);
    await heard(1);
    await clock.turn(1_999);
    expect(taken.length).toBe(1);
    await clock.turn(1);
    await heard(2);
    await clock.turn(10_000);
    await expect.poll(() => webhook.state.sent).toBe(1);
    expect(taken.length).toBe(3);
    answer = (_request, response) => response.writeHead(500).end(`try\n${taken.length}`);
    webhook.tell([change()]);
    for (const [i, pause] of [2, 10, 60, 300, 900].entries()) {
      await heard(4 + i);
      expect(webhook.state).toMatchObject({ failed: 0, waiting: 1 });
      await clock.turn(1000 * pause);
    }
    await expect.poll(() => webhook.state.failed).toBe(1);
    expect(webhook.state).toMatchObject({ sent: 1, waiting: 0 });
    expect(taken.length).toBe(9);
    await webhook.close();
  });

  it('does not repeat what was refused for good, and follows no redirect', async () => {
    const { webhook } = await open();
    answer = (_request, response) => response.writeHead(404).end();
    webhook.tell([change()]);
    await expect.poll(() => webhook.state.failed).toBe(1);
    answer = (_request, response) => response.writeHead(302, { location: `${url}/else` }).end();
    webhook.tell([change()]);
    await expect.poll(() => webhook.state.failed).toBe(2);
    expect(taken.length).toBe(2);
    expect(await webhook.test()).toMatchObject({ ok: false, status: 302 });
    expect((await webhook.test()).text).toContain('redirects are not followed');
    await webhook.close();
  });

  it('drops the oldest where too many wait, and counts them', async () => {
    const { webhook } = await open();
    answer = () => undefined;
    for (let i = 0; i < 510; i++) webhook.tell([change('raised', { id: `a${i}` })]);
    expect(webhook.state).toMatchObject({ waiting: 501, dropped: 9 });
    await webhook.close();
    expect(webhook.state).toMatchObject({ waiting: 0, dropped: 510, sent: 0 });
  });

  it('waits for no answer longer than its time limit', async () => {
    const { webhook, clock } = await open();
    answer = () => undefined;
    const testing = webhook.test();
    await expect.poll(() => taken.length).toBe(1);
    await clock.turn(10_000);
    expect(await testing).toEqual({
      status: null,
      ok: false,
      text: expect.stringContaining('no answer within 10 s'),
    });
    await webhook.close();
  });

  it('reads a beginning of a long answer alone', async () => {
    const { webhook } = await open();
    answer = (_request, response) => void response.writeHead(200).end('x'.repeat(1_000_000));
    const { ok, status, text } = await webhook.test();
    expect([ok, status, text.length < 500]).toEqual([true, 200, true]);
    await webhook.close();
  });

  it('says what came back from a test, also where nobody is there', async () => {
    const { webhook } = await open({ on: false, url: '' });
    answer = (_request, response) => void response.writeHead(200).end('ok');
    expect(await webhook.test(url)).toEqual({
      ok: true,
      status: 200,
      text: 'It was taken (200 OK): “ok”.'.replace('”.', '”'),
    });
    const gone = await webhook.test('http://127.0.0.1:1/');
    expect(gone).toMatchObject({
      ok: false,
      status: null,
      text: expect.stringContaining('127.0.0.1:1 could not be reached'),
    });
  });

  it.each(['', 'heron', 'file:///etc/passwd', 'ftp://heron/', 'http://name:word@heron/'])(
    'refuses the address “%s”',
    async (given) => {
      const { webhook, stored } = await open();
      await expect(webhook.set(true, given)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
      await expect(webhook.test(given)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
      expect(stored()).toEqual({ on: true, url });
    },
  );
});

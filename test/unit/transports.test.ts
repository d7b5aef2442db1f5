/**
 * One contract, every way to carry it: each test runs over the WebSocket of the web shell, over the local door's, over
 * Electron's message port with the real preload script, and inside one process.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LabClient } from '../../main/contract/client.ts';
import { connectLab, type Transport } from '../../main/contract/connect.ts';
import { CurlewError, errorCodes, type ErrorCode } from '../../main/contract/error.ts';
import { requests, type RequestName } from '../../main/contract/requests.ts';
import type { LabMessage, ReplyMessage } from '../../main/contract/wire.ts';
import { findLab } from '../../main/data-folder.ts';
import { serveConnections } from '../../main/shells/electron/connection.ts';
import { FakeElectron, FakeWindow } from '../../main/shells/electron/fake-electron.ts';
import {
  board,
  exchanges,
  job,
  logLine,
  requestNames,
  standInLab,
  type StandIn,
} from '../../main/shells/lab-stand-in.ts';
import { openDoor } from '../../main/shells/local-door.ts';
import { localTransport } from '../../main/shells/local-transport.ts';
import { serveWeb } from '../../main/shells/web/server.ts';
import { socketTransport } from '../../main/shells/socket-transport.ts';
import { overBridge } from '../../renderer/connect/electron.ts';

interface Link {
  transport: Transport;
  /** The lab's end goes away. */
  endLab(): Promise<void>;
}

const noPage = { file: () => Promise.resolve(null) };

const links: Record<string, (standIn: StandIn) => Promise<Link>> = {
  async 'a WebSocket'({ lab }) {
    const shell = await serveWeb({ lab, page: noPage });
    const transport = await socketTransport(shell.address, shell.token!);
    return { transport, endLab: () => shell.close() };
  },
  async 'the local door'({ lab }) {
    const folder = await mkdtemp(join(tmpdir(), 'curlew-transports-'));
    const door = await openDoor(folder, 'test', lab);
    const { socket, token } = (await findLab(folder))!;
    const transport = await socketTransport(socket, token);
    const endLab = async () => {
      await door.close();
      await rm(folder, { recursive: true, force: true });
    };
    return { transport, endLab };
  },
  async "Electron's message port"({ lab }) {
    const electron = new FakeElectron();
    const end = serveConnections(electron.api, lab);
    const { webContents } = new FakeWindow(electron, {});
    webContents.mainFrame.url = 'curlew://lab/';
    const transport = overBridge(electron.bridge(webContents).port());
    return { transport, endLab: async () => end() };
  },
  async 'one process'({ lab }) {
    const transport = localTransport(lab);
    return { transport, endLab: async () => transport.close() };
  },
};

describe.each(Object.entries(links))('over %s', (_name, open) => {
  let standIn: StandIn;
  let link: Link;
  let client: LabClient;
  beforeEach(async () => {
    standIn = standInLab();
    link = await open(standIn);
    client = connectLab(link.transport);
  });
  afterEach(() => link.endLab());

  it.each(requestNames)('%s reaches its handler and comes back whole', async (name) => {
    const [params, result] = exchanges[name];
    expect(await client.request(name, params as never)).toEqual(result);
    expect(standIn.calls).toEqual([{ name, params }]);
  });

  it('bytes arrive as bytes', async () => {
    const { pcm } = await client.request('clips.audio', { clipId: 'rain' });
    expect(pcm).toBeInstanceOf(Uint8Array);
    const image = await client.request('experts.file', { expertId: 'night', file: 'image' });
    expect(image).toBeInstanceOf(Uint8Array);
    expect(Buffer.compare(image, exchanges['experts.file'][1])).toBe(0);
  });

  it('a view into a larger buffer arrives without its surroundings', async () => {
    const large = Uint8Array.from({ length: 64 }, (_, index) => index);
    standIn.answer('experts.file', () => large.subarray(10, 13));
    const part = await client.request('experts.file', { expertId: 'night', file: 'image' });
    expect([...part]).toEqual([10, 11, 12]);
  });

  it('what the page does to a result changes nothing in the lab', async () => {
    standIn.answer('boards.list', () => [board]);
    const [got] = await client.request('boards.list', {});
    got!.name = 'changed';
    expect(board.name).not.toBe('changed');
  });

  it('numbers keep every digit', async () => {
    const records = [0.1 + 0.2, -1.5, 2 ** 53 - 1, 5e-324, Number.MAX_VALUE, Infinity].map((entropy) => ({
      entropy,
    }));
    standIn.answer('telemetry.records', () => records as never);
    const got = await client.request('telemetry.records', { boardId: 'x', limit: 10 });
    expect(got.map(({ entropy }) => entropy)).toEqual(records.map(({ entropy }) => entropy));
  });

  it.each(errorCodes)('the error %s keeps its code, sentence and facts', async (code: ErrorCode) => {
    standIn.answer('boards.detach', () => {
      throw new CurlewError(code, 'What was wrong, and what to do.', { path: '/dev/ttyACM0', offset: 3 });
    });
    const request = client.request('boards.detach', { boardId: 'x' });
    await expect(request).rejects.toMatchObject({
      code,
      message: 'What was wrong, and what to do.',
      context: { path: '/dev/ttyACM0', offset: 3 },
    });
  });

  it('an unforeseen error becomes INTERNAL, and the next request is answered', async () => {
    standIn.answer('boards.list', () => Promise.reject(new TypeError('undefined is not a board')));
    await expect(client.request('boards.list', {})).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(await client.request('jobs.list', {})).toEqual([job]);
  });

  it('a result that cannot be carried becomes an error, and the next request is answered', async () => {
    standIn.answer('boards.list', () => [{ ...board, name: () => 'Heron' }] as never);
    await expect(client.request('boards.list', {})).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(await client.request('jobs.list', {})).toEqual([job]);
  });

  it('a slow answer holds up no other', async () => {
    let finish = (): void => undefined;
    const slow = new Promise<void>((resolve) => (finish = resolve));
    standIn.answer('boards.list', () => slow.then(() => []));
    const boards = client.request('boards.list', {});
    expect(await client.request('jobs.list', {})).toEqual([job]);
    finish();
    expect(await boards).toEqual([]);
  });

  it('a thousand requests at once each get their own answer', async () => {
    standIn.answer('lab.log', ({ limit }) => [logLine(`${limit}`)]);
    const limits = Array.from({ length: 1000 }, (_, index) => index + 1);
    const answers = await Promise.all(limits.map((limit) => client.request('lab.log', { limit })));
    expect(answers.map(([line]) => line?.text)).toEqual(limits.map(String));
  });

  it('events arrive in order, and before the reply that follows them', async () => {
    const heard: string[] = [];
    client.on('log', ({ text }) => heard.push(text));
    client.on('job', ({ id }) => heard.push(id));
    standIn.answer('jobs.list', () => {
      for (let index = 0; index < 500; index++) standIn.tell('log', logLine(`${index}`));
      standIn.tell('job', job);
      return [];
    });
    await client.request('jobs.list', {});
    expect(heard).toEqual([...Array.from({ length: 500 }, (_, index) => `${index}`), job.id]);
  });

  it('a request the lab does not know is refused by name', async () => {
    for (const name of ['boards.explode', '', 'toString', '__proto__', 'constructor']) {
      await expect(client.request(name as RequestName, {} as never)).rejects.toMatchObject({
        code: 'REQUEST_UNKNOWN',
      });
    }
    expect(standIn.calls).toEqual([]);
  });

  it.each([
    ['boards.attach', {}],
    ['boards.attach', { portId: '' }],
    ['boards.attach', { portId: 'x'.repeat(5000) }],
    ['boards.attach', { portId: '/dev/x', baudRate: 9600.5 }],
    ['boards.attach', { portId: '/dev/x', extra: 1 }],
    ['boards.list', null],
    ['slots.erase', { boardId: 'x', slot: -1 }],
    ['slots.erase', { boardId: 'x', slot: '0' }],
    ['recordings.audio', { path: '/r/a.wav', startS: NaN, durationS: 1 }],
    ['recordings.audio', { path: '/r/a.wav', startS: 0, durationS: 121 }],
    ['play.start', { boardId: 'x', source: { kind: 'url', path: 'http://x' } }],
    ['classify.start', { paths: [], modelId: 'x' }],
    ['experts.file', { expertId: 'x', file: '../secret' }],
  ])('%s with %j is refused before its handler', async (name, params) => {
    const request = client.request(name as RequestName, params as never);
    await expect(request).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    expect(standIn.calls).toEqual([]);
  });

  it('junk for parameters is refused or valid, never a crash', async () => {
    const junk = fc.tuple(fc.constantFrom(...requestNames), fc.jsonValue());
    await fc.assert(
      fc.asyncProperty(junk, async ([name, params]) => {
        const outcome = await client.request(name, params as never).then(
          () => 'answered',
          (error: CurlewError) => error.code,
        );
        expect(['answered', 'REQUEST_INVALID']).toContain(outcome);
        if (outcome === 'answered') expect(Object.keys(requests)).toContain(name);
      }),
      { numRuns: 300 },
    );
    expect(await client.request('jobs.list', {})).toEqual([job]);
  });

  it('junk for a message gets an error reply with its number, or with none', async () => {
    const replies: LabMessage[] = [];
    link.transport.onMessage((message) => replies.push(message));
    const junk: unknown[] = [
      null,
      7,
      'text',
      [],
      {},
      new Uint8Array(4),
      { type: 'reply', id: 11, ok: true },
      { type: 'request', id: 12 },
      { type: 'request', id: 13, name: 5, params: {} },
      { type: 'request', id: -14, name: 'boards.list', params: {} },
      { type: 'request', id: 15, name: 'x'.repeat(65), params: {} },
      { type: 'request', id: 16, name: 'boards.list', params: {}, token: 'extra' },
    ];
    for (const message of junk) link.transport.send(message as never);
    await expect.poll(() => replies.length).toBe(junk.length);
    const ids = (replies as ReplyMessage[]).map(({ id, ok }) => [id, ok]);
    expect(ids).toEqual([-1, -1, -1, -1, -1, -1, 11, 12, 13, -14, 15, 16].map((id) => [id, false]));
    for (const reply of replies) expect(reply).toMatchObject({ error: { code: 'REQUEST_INVALID' } });
    expect(standIn.calls).toEqual([]);
  });

  it('after an unsubscribe nothing is heard', async () => {
    const heard: string[] = [];
    const stop = client.on('log', ({ text }) => heard.push(text));
    standIn.answer('jobs.list', () => (standIn.tell('log', logLine('one')), []));
    await client.request('jobs.list', {});
    stop();
    await client.request('jobs.list', {});
    expect(heard).toEqual(['one']);
    expect(standIn.subscribers()).toBe(1);
  });

  it('closing rejects what waits and what comes later', async () => {
    standIn.answer('boards.list', () => new Promise(() => undefined));
    const waiting = client.request('boards.list', {});
    const reason = waiting.catch((error: CurlewError) => error.code);
    client.close();
    expect(await reason).toBe('CONNECTION_LOST');
    await expect(client.request('boards.list', {})).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
  });
});

const twoEnded = Object.entries(links).filter(([name]) => name !== 'one process');
describe.each(twoEnded)('over %s', (_name, open) => {
  it('the end of the lab rejects what waits, and is told once', async () => {
    const standIn = standInLab();
    const link = await open(standIn);
    const client = connectLab(link.transport);
    standIn.answer('boards.list', () => new Promise(() => undefined));
    const told: string[] = [];
    client.onClose(({ code }) => told.push(code));
    const reason = client.request('boards.list', {}).catch((error: CurlewError) => error.code);
    await expect.poll(() => standIn.subscribers()).toBe(1);
    await link.endLab();
    expect(await reason).toBe('CONNECTION_LOST');
    await expect.poll(() => standIn.subscribers()).toBe(0);
    expect(told).toEqual(['CONNECTION_LOST']);
    standIn.tell('log', logLine('to nobody'));
  });
});

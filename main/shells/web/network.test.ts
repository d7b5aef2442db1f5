/** The lab beyond loopback: TLS, passwords, roles. Over real sockets of the loopback; only the decision is forced. */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { decode, encode } from 'cborg';
import { standInLab, type StandIn } from '../lab-stand-in.ts';
import { pageHeaders } from '../page.ts';
import { Attempts } from './attempts.ts';
import { openCertificate, type ServerCertificate } from './certificate.ts';
import { isLoopback } from './names.ts';
import { Passwords, type NetworkRole } from './passwords.ts';
import { serveWeb, type WebShell } from './server.ts';
import { requirePassword, SignIn } from './sign-in.ts';

let folder: string;
let certificate: ServerCertificate;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-network-'));
  certificate = await openCertificate(folder, ['localhost', '127.0.0.1']);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const page = { file: async () => ({ body: Buffer.from('the page'), type: 'text/html' }) };
/** What scrypt would say, at once. */
const known: Record<string, NetworkRole> = { 'may change it': 'operator', 'may look at it': 'viewer' };

let standIn: StandIn;
let shell: WebShell;
let nowMs: number;
beforeEach(async () => {
  standIn = standInLab();
  nowMs = 0;
  const passwords = { roleOf: async (password: string) => known[password] ?? null };
  const signIn = new SignIn(passwords, () => nowMs);
  shell = await serveWeb({ lab: standIn.lab, page, network: { certificate, signIn } });
});
afterEach(() => shell.close());

interface Reply {
  status: number;
  headers: Record<string, unknown>;
  body: string;
}

function post(body: string, origin: string | null = shell.address): Promise<Reply> {
  const headers = { 'content-type': 'application/json', ...(origin === null ? {} : { origin }) };
  const options = { method: 'POST', ca: certificate.certificate, agent: false, headers };
  return new Promise((resolve, reject) => {
    const asked = request(`${shell.address}/sign-in`, options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    asked.on('error', reject);
    asked.end(body);
  });
}
const tryPassword = (password: string) => post(JSON.stringify({ password }));

/** @returns what the lab answers, or the status that the connection was refused with */
function ask(token: string, name: string, params: object): Promise<unknown> {
  const socket = new WebSocket(`${shell.address.replace('https', 'wss')}/lab`, ['curlew', token], {
    ca: certificate.certificate,
    origin: shell.address,
  });
  return new Promise((resolve, reject) => {
    socket.on('open', () => socket.send(encode({ type: 'request', id: 1, name, params })));
    socket.on('message', (data: Buffer) => {
      resolve(decode(data));
      socket.terminate();
    });
    socket.on('unexpected-response', (_request, response) => {
      response.resume();
      resolve(response.statusCode);
    });
    socket.on('error', reject);
  });
}

describe('the lab on the network', () => {
  it('is reached over TLS alone, under an address without a token', async () => {
    expect(shell.address).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(shell.token).toBeNull();
    expect(shell.link).toBe(`${shell.address}/`);
    await expect(fetch(shell.address.replace('https', 'http'))).rejects.toThrow();
    await expect(fetch(shell.address)).rejects.toThrow();
  });

  it('gives an operator what there is to ask for', async () => {
    const { status, headers, body } = await tryPassword('may change it');
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'cache-control': pageHeaders['Cache-Control'] });
    const { token, role } = JSON.parse(body) as { token: string; role: string };
    expect(role).toBe('operator');
    expect(await ask(token, 'jobs.cancel', { jobId: 'one' })).toMatchObject({ ok: true });
    expect(await ask(token, 'lab.info', {})).toMatchObject({ ok: true });
  });

  it('lets a viewer look, and do nothing', async () => {
    const { body } = await tryPassword('may look at it');
    const { token, role } = JSON.parse(body) as { token: string; role: string };
    expect(role).toBe('viewer');
    expect(await ask(token, 'boards.list', {})).toMatchObject({ ok: true });
    for (const [name, params] of [
      ['jobs.cancel', { jobId: 'one' }],
      ['files.browse', { path: '/' }],
      ['keys.create', { name: 'mine' }],
    ] as const) {
      expect(await ask(token, name, params)).toMatchObject({ ok: false, error: { code: 'NOT_PERMITTED' } });
    }
    expect(standIn.calls.map(({ name }) => name)).toEqual(['boards.list']);
  });

  it('has no token for a wrong password, and no connection without one', async () => {
    const { status, body } = await tryPassword('let me in');
    expect([status, Object.keys(JSON.parse(body) as object)]).toEqual([403, ['message']]);
    for (const token of ['x', 'operator', 'x'.repeat(32)]) {
      expect(await ask(token, 'boards.list', {})).toBe(403);
    }
  });

  it('looks at passwords from its own page alone', async () => {
    const right = JSON.stringify({ password: 'may change it' });
    for (const origin of [null, 'null', 'https://example.org', shell.address.replace('https', 'http')]) {
      expect([origin, (await post(right, origin)).status]).toEqual([origin, 403]);
    }
    expect((await post(right)).status).toBe(200);
  });

  it.each([
    '',
    '{',
    '[]',
    '{"password":1}',
    '{"password":"x","more":1}',
    `{"password":"${'x'.repeat(9000)}"}`,
  ])('takes %.20j for no password', async (body) => expect((await post(body)).status).toBe(400));

  it('slows those down who guess, the right password included, until they have waited', async () => {
    for (let guess = 0; guess < 5; guess++) await tryPassword(`guess ${guess}`);
    const { status, headers } = await tryPassword('may change it');
    expect(status).toBe(429);
    nowMs += 1000 * Number(headers['retry-after']);
    expect((await tryPassword('may change it')).status).toBe(200);
  });

  it('makes many at once wait as one after another would', async () => {
    const replies = await Promise.all(
      Array.from({ length: 30 }, (_, guess) => tryPassword(`guess ${guess}`)),
    );
    const looked = replies.filter(({ status }) => status === 403);
    expect(looked).toHaveLength(4);
    expect(replies.filter(({ status }) => status === 429)).toHaveLength(26);
  });

  it('at an address that this machine does not have is refused with a sentence', async () => {
    const signIn = new SignIn({ roleOf: async () => null });
    const elsewhere = serveWeb({
      lab: standIn.lab,
      page,
      host: '192.0.2.1',
      network: { certificate, signIn },
    });
    await expect(elsewhere).rejects.toMatchObject({ code: 'PORT_FAILED' });
  });
});

describe('guessing', () => {
  it('costs twice as much each time, up to five minutes, and nothing after an hour or a right password', () => {
    const attempts = new Attempts();
    const waits: number[] = [];
    let now = 0;
    for (let guess = 0; guess < 16; guess++) {
      attempts.failed('192.0.2.7', now);
      waits.push(attempts.wait('192.0.2.7', now));
      now += waits.at(-1)!;
    }
    expect(waits.slice(0, 7)).toEqual([0, 0, 0, 1000, 2000, 4000, 8000]);
    expect(Math.max(...waits)).toBe(300_000);
    expect(attempts.wait('192.0.2.8', now)).toBe(0);
    attempts.succeeded('192.0.2.7');
    attempts.failed('192.0.2.7', now);
    expect(attempts.wait('192.0.2.7', now)).toBe(0);
  });

  it('is counted by network where a person has many addresses', () => {
    const attempts = new Attempts();
    for (const end of ['1', '2', 'a:b:c:d', 'ffff:1'])
      attempts.failed(`2001:db8:1:2::${end}`.replace('::a:b:c:d', ':a:b:c:d'), 0);
    expect(attempts.wait('2001:db8:1:2::99', 0)).toBe(1000);
    expect(attempts.wait('2001:db8:1:3::99', 0)).toBe(0);
    for (let guess = 0; guess < 4; guess++) attempts.failed('::ffff:192.0.2.7', 0);
    expect(attempts.wait('192.0.2.7', 0)).toBe(1000);
    expect(attempts.wait('::ffff:192.0.2.8', 0)).toBe(0);
  });
});

describe('the passwords', () => {
  let own: string;
  beforeEach(async () => void (own = await mkdtemp(join(tmpdir(), 'curlew-passwords-'))));
  afterEach(() => rm(own, { recursive: true, force: true }));

  it('are told apart by role, replaced and removed, and kept as hashes that their owner alone can read', async () => {
    const passwords = new Passwords(own);
    await expect(requirePassword(passwords)).rejects.toMatchObject({ code: 'PASSWORD_NEEDED' });
    await passwords.set('operator', 'reed bed and geese é');
    await passwords.set('viewer', 'a hide by the water');
    await requirePassword(passwords);
    // However the keyboard composes it.
    expect(await passwords.roleOf('reed bed and geese e\u0301')).toBe('operator');
    expect(await passwords.roleOf('a hide by the water')).toBe('viewer');
    expect(await passwords.roleOf('a hide by the Water')).toBeNull();
    const text = await readFile(join(own, 'passwords.json'), 'utf8');
    expect(text).not.toMatch(/reed|hide/);
    expect((await stat(join(own, 'passwords.json'))).mode & 0o077).toBe(0);

    await passwords.set('operator', 'another one, longer');
    expect(await passwords.roleOf('reed bed and geese é')).toBeNull();
    await passwords.remove('viewer');
    expect(await passwords.roles()).toEqual(['operator']);
    expect(await passwords.roleOf('a hide by the water')).toBeNull();
  });

  it('that are short, or the other role’s, are refused', async () => {
    const passwords = new Passwords(own);
    await expect(passwords.set('viewer', 'too short 1')).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await passwords.set('operator', 'reed bed and geese');
    const same = passwords.set('viewer', 'reed bed and geese');
    await expect(same).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    expect(await passwords.roles()).toEqual(['operator']);
  });

  it.each(['', '{', '{"operator":{}}', '{"operator":{"salt":"AA==","hash":"AA==","cost":1e12}}'])(
    'in a file like %j let nobody in, and it is said',
    async (text) => {
      await writeFile(join(own, 'passwords.json'), text);
      const passwords = new Passwords(own);
      await expect(passwords.roleOf('anything at all')).rejects.toMatchObject({ code: 'FILE_DAMAGED' });
      await expect(requirePassword(passwords)).rejects.toMatchObject({ code: 'FILE_DAMAGED' });
    },
  );
});

it.each([
  ['127.0.0.1', true],
  ['127.1.2.3', true],
  ['localhost', true],
  ['::1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.1.5', false],
  ['127.example.org', false],
  ['localhost.example.org', false],
])('whether only this machine reaches %s: %s', (host, expected) => expect(isLoopback(host)).toBe(expected));

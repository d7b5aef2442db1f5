/** What the browser shell gives to whom. Requests are made by hand: a browser would mend the worst of them. */
import { once } from 'node:events';
import { request, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { encode } from 'cborg';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { connectLab } from '../../contract/connect.ts';
import { board, logLine, standInLab, type StandIn } from '../lab-stand-in.ts';
import { pageHeaders, type Page } from '../page.ts';
import { serveWeb, type WebShell } from './server.ts';
import { socketTransport } from '../socket-transport.ts';

const page: Page = {
  async file(pathname) {
    if (pathname === '/broken.js') throw new Error('disk gone');
    if (pathname !== '/' && pathname !== '/assets/app.js') return null;
    return { body: Buffer.from(`body of ${pathname}`), type: 'text/javascript; charset=utf-8' };
  },
};

let standIn: StandIn;
let shell: WebShell;
let port: string;
let token: string;
beforeEach(async () => {
  standIn = standInLab();
  shell = await serveWeb({ lab: standIn.lab, page });
  port = new URL(shell.address).port;
  token = shell.token!;
});
afterEach(() => shell.close());

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

function ask(
  path: string,
  options: { method?: string; host?: string; authorization?: string } = {},
): Promise<Answer> {
  const { method = 'GET', host = `127.0.0.1:${port}`, authorization } = options;
  const headers = { host, ...(authorization !== undefined && { authorization }) };
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers, agent: false });
    asked.on('error', reject);
    asked.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
    });
    asked.end();
  });
}

/** Sends bytes as they are and returns the first line of what comes back, if anything. */
async function raw(text: string): Promise<string> {
  const socket = connect(Number(port), '127.0.0.1');
  let answer = '';
  socket.setEncoding('utf8').on('data', (data: string) => (answer += data));
  socket.on('error', () => undefined);
  socket.end(text);
  await once(socket, 'close');
  return answer.split('\r\n')[0] ?? '';
}

interface Knock {
  protocols?: string[];
  path?: string;
  host?: string;
  origin?: string;
}

/** Tries to open the lab's socket as a page would. @returns the open socket, or the status it was refused with */
function knock({ protocols = ['curlew', token], path = '/lab', host, origin }: Knock) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, {
    headers: { ...(host === undefined ? {} : { host }) },
    ...(origin === undefined ? {} : { origin }),
  });
  return new Promise<WebSocket | number>((resolve, reject) => {
    socket.on('open', () => resolve(socket));
    socket.on('unexpected-response', (_request, response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    socket.on('error', reject);
  });
}

async function opened(): Promise<WebSocket> {
  const socket = await knock({});
  if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
  socket.on('error', () => undefined);
  return socket;
}

/** The lab still serves those it should. */
async function stillServes(): Promise<void> {
  const client = connectLab(await socketTransport(shell.address, token));
  expect(await client.request('boards.list', {})).toEqual([board]);
  client.close();
}

describe('the page over HTTP', () => {
  it('comes with its type and every header', async () => {
    const answer = await ask('/assets/app.js?x=1');
    expect(answer).toMatchObject({ status: 200, body: 'body of /assets/app.js' });
    expect(answer.headers).toMatchObject({ 'content-type': 'text/javascript; charset=utf-8' });
  });

  it('has its token in the fragment of the link alone, which no server sees', () => {
    const link = new URL(shell.link);
    expect(link.hash).toBe(`#token=${token}`);
    expect(link.search).toBe('');
    expect(Buffer.from(token, 'base64url').length).toBeGreaterThanOrEqual(16);
  });

  it('has another token at every launch', async () => {
    const other = await serveWeb({ lab: standIn.lab, page });
    expect(other.token).not.toBe(token);
    await other.close();
  });

  it.each([
    ['GET', '/', 200],
    ['HEAD', '/', 200],
    ['GET', '/nothing.js', 404],
    ['GET', '/broken.js', 500],
    ['GET', '/lab', 404],
    ['POST', '/', 405],
    ['PUT', '/assets/app.js', 405],
    ['DELETE', '/', 405],
    ['OPTIONS', '/', 405],
    ['PATCH', '/', 405],
    ['TRACE', '/', 405],
  ])('answers %s %s with %i and the same headers', async (method, path, status) => {
    const answer = await ask(path, { method });
    expect(answer.status).toBe(status);
    for (const [name, value] of Object.entries(pageHeaders)) {
      expect(answer.headers[name.toLowerCase()]).toBe(value);
    }
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    if (method === 'HEAD') expect(answer.body).toBe('');
  });

  it.each([
    '/../package.json',
    '/assets/../../package.json',
    '/%2e%2e/package.json',
    '/..%2fpackage.json',
    '/..%5cpackage.json',
    '/assets/..\\..\\package.json',
    '/%252e%252e%252fpackage.json',
    '//etc/passwd',
    '///etc/passwd',
    '/./../etc/passwd',
    '/assets/app.js%00.html',
    '/file:///etc/passwd',
    '/.git/config',
    '/index.html/../../package.json',
  ])('has nothing at %s', async (path) => {
    expect((await ask(path)).status).toBe(404);
  });

  it('survives any request line', async () => {
    const line = fc.string({ unit: 'binary-ascii', maxLength: 60 }).filter((text) => !/[\r\n]/.test(text));
    await fc.assert(
      fc.asyncProperty(line, async (text) => {
        const host = `Host: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`;
        expect(await raw(`GET ${text} HTTP/1.1\r\n${host}`)).not.toMatch(/^HTTP\/1\.1 (1|3)/);
      }),
      { numRuns: 100 },
    );
    await stillServes();
  });
});

describe('a foreign name for this address (DNS rebinding)', () => {
  const names = () => [
    'example.org',
    `example.org:${port}`,
    `127.0.0.1.example.org:${port}`,
    '127.0.0.1:1',
    'localhost',
  ];

  it('is not served the page', async () => {
    for (const host of names()) {
      const answer = await ask('/', { host });
      expect([host, answer.status]).toEqual([host, 421]);
      expect(answer.body).not.toContain('body of');
      expect(answer.headers['content-security-policy']).toBe(pageHeaders['Content-Security-Policy']);
    }
  });

  it('gets no connection to the lab, even with the token', async () => {
    for (const host of names()) {
      expect([host, await knock({ host })]).toEqual([host, 403]);
    }
    expect(standIn.subscribers()).toBe(0);
  });

  it('is told from the names this machine has for itself', async () => {
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]) {
      expect((await ask('/', { host })).status).toBe(200);
    }
  });

  it('without a name at all is a bad request', async () => {
    expect(await raw('GET / HTTP/1.1\r\nConnection: close\r\n\r\n')).toContain('400');
    expect(await raw('GET / HTTP/1.0\r\n\r\n')).toContain('421');
  });
});

describe('the connection to the lab', () => {
  it.each([
    ['no token', () => ['curlew']],
    ['an empty token', () => ['curlew', 'x'.repeat(32)]],
    ['a token cut short', () => ['curlew', token.slice(0, -1)]],
    ['a token and more', () => ['curlew', `${token}x`]],
    ['a token in other letters', () => ['curlew', token.toUpperCase() + token.toLowerCase()]],
    ['the token without the name of the protocol', () => [token]],
    ['the token in the wrong place', () => [token, 'curlew']],
    ['the name of another protocol', () => ['other', token]],
    ['nothing offered', () => []],
  ])('is refused with %s', async (_what, protocols) => {
    expect(await knock({ protocols: protocols() })).toBe(403);
    expect(standIn.subscribers()).toBe(0);
  });

  it.each(['/', '/lab/', '/lab//', '/LAB', '/lab?token=x', '/other'])('is refused at %s', async (path) =>
    expect(await knock({ path })).toBe(403),
  );

  it('is refused to a page of another origin, even with the token', async () => {
    for (const origin of [
      'https://example.org',
      'http://example.org',
      `http://127.0.0.1.example.org:${port}`,
      'http://127.0.0.1',
      `https://127.0.0.1:${port}`,
      `http://127.0.0.1:${port}.example.org`,
      'null',
      'file://',
    ]) {
      expect([origin, await knock({ origin })]).toEqual([origin, 403]);
    }
  });

  it('is given to our own page by any of its names, and to programs, which send no origin', async () => {
    for (const origin of [`http://127.0.0.1:${port}`, `http://localhost:${port}`, undefined]) {
      const socket = await knock(origin === undefined ? {} : { origin });
      expect(socket).toBeInstanceOf(WebSocket);
      (socket as WebSocket).terminate();
    }
  });

  it('never says the token back', async () => {
    const socket = await opened();
    expect(socket.protocol).toBe('curlew');
    socket.terminate();
  });

  it('survives those who leave in the middle of being refused', async () => {
    const upgrade = `GET /lab HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
    for (let index = 0; index < 50; index++) {
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      socket.write(upgrade);
      if (index % 2) await new Promise((resolve) => setImmediate(resolve));
      socket.resetAndDestroy();
    }
    await stillServes();
  });
});

describe('a message', () => {
  const closed = async (socket: WebSocket): Promise<number> => {
    const [code] = (await once(socket, 'close')) as [number];
    return code;
  };

  it('in a text frame ends the connection', async () => {
    const socket = await opened();
    socket.send(JSON.stringify({ type: 'request', id: 1, name: 'boards.list', params: {} }));
    expect(await closed(socket)).toBe(1003);
    expect(standIn.calls).toEqual([]);
  });

  it('that is no CBOR ends the connection', async () => {
    for (const bytes of [[], [0xff], [0x5b, 1, 2], [0x9f], [0x01, 0x02]]) {
      const socket = await opened();
      socket.send(Uint8Array.from(bytes));
      expect(await closed(socket)).toBe(1003);
    }
    await stillServes();
  });

  it('of more than a megabyte ends the connection before it is read', async () => {
    const socket = await opened();
    const paths = ['x'.repeat(2 << 20)];
    socket.send(encode({ type: 'request', id: 1, name: 'classify.start', params: { paths } }));
    expect(await closed(socket)).toBeGreaterThanOrEqual(1006);
    expect(standIn.calls).toEqual([]);
    await stillServes();
  });

  it('of any bytes never brings the lab down', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), async (bytes) => {
        const socket = await opened();
        const answered = Promise.race([once(socket, 'message'), once(socket, 'close')]);
        socket.send(bytes);
        await answered;
        socket.terminate();
      }),
      { numRuns: 60 },
    );
    await stillServes();
  });
});

describe('many pages', () => {
  it('are each told every event, and forgotten when they leave', async () => {
    const sockets = await Promise.all(Array.from({ length: 60 }, opened));
    await expect.poll(() => standIn.subscribers()).toBe(60);
    const heard = sockets.map((socket) => once(socket, 'message'));
    standIn.tell('log', logLine('to all'));
    expect(await Promise.all(heard)).toHaveLength(60);
    for (const [index, socket] of sockets.entries()) {
      if (index % 2) socket.close();
      else socket.terminate();
    }
    await expect.poll(() => standIn.subscribers()).toBe(0);
  });

  it('that take nothing are let go before they fill the memory', async () => {
    const socket = await opened();
    socket.pause();
    const text = 'x'.repeat(1 << 20);
    for (let sent = 0; sent < 400 && standIn.subscribers() > 0; sent++) {
      standIn.tell('log', logLine(text));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(standIn.subscribers()).toBe(0);
    socket.terminate();
  });

  it('are all let go when the shell closes', async () => {
    const sockets = await Promise.all(Array.from({ length: 5 }, opened));
    const gone = sockets.map((socket) => once(socket, 'close'));
    await shell.close();
    expect(await Promise.all(gone)).toHaveLength(5);
    expect(standIn.subscribers()).toBe(0);
  });
});

describe('the address', () => {
  it('is of the loopback, and of no other interface, unless told otherwise', async () => {
    expect(new URL(shell.address).hostname).toBe('127.0.0.1');
    for (const host of ['127.0.0.2', '::1']) {
      const socket = connect({ host, port: Number(port) });
      const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
      expect(['ECONNREFUSED', 'EADDRNOTAVAIL']).toContain(error.code);
    }
  });

  it('that another program has is refused with a sentence', async () => {
    const taken = serveWeb({ lab: standIn.lab, page, port: Number(port) });
    await expect(taken).rejects.toMatchObject({ code: 'PORT_BUSY' });
  });

  it('of others is served only with passwords and a certificate', async () => {
    for (const host of ['0.0.0.0', '::', '192.0.2.1', '127.example.org']) {
      const open = serveWeb({ lab: standIn.lab, page, host });
      await expect(open).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
    }
  });

  it('is told to a program that comes with the wrong token or to the wrong place', async () => {
    await expect(socketTransport(shell.address, 'wrong')).rejects.toMatchObject({ code: 'NOT_AUTHORIZED' });
    await expect(socketTransport('http://127.0.0.1:1', token)).rejects.toMatchObject({
      code: 'CONNECTION_LOST',
    });
  });
});

describe('/metrics', () => {
  it('hands the bearer token to the lab, which alone judges it, and says what came of it', async () => {
    standIn.answer('publish.scrape', ({ token: given }) =>
      given === 'right' ? { outcome: 'told', text: 'up 1\n' } : { outcome: 'refused', text: null },
    );
    const told = await ask('/metrics', { authorization: 'Bearer right' });
    expect([told.status, told.headers['content-type'], told.body]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
      'up 1\n',
    ]);
    for (const authorization of [
      undefined,
      'Bearer wrong',
      `Bearer ${token}`,
      'Basic cmlnaHQ6',
      'Bearer right x',
    ]) {
      const refused = await ask('/metrics', authorization === undefined ? {} : { authorization });
      expect([refused.status, refused.headers['www-authenticate']]).toEqual([401, 'Bearer']);
    }
    expect((await ask('/metrics', { authorization: 'Bearer right', host: 'elsewhere' })).status).toBe(421);
  });

  it('is not there until it is switched on', async () => {
    standIn.answer('publish.scrape', () => ({ outcome: 'off', text: null }));
    expect((await ask('/metrics', { authorization: 'Bearer right' })).status).toBe(404);
  });
});

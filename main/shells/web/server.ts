/** The browser shell: the page over HTTP and the lab over a WebSocket, on loopback, behind a token. */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { isIP, type AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { CurlewError } from '../../contract/error.ts';
import { reportFault } from '../../contract/fault.ts';
import { isSame, serveLabSockets, type ServedLab } from '../lab-socket.ts';
import { pageHeaders, type Page } from '../page.ts';

export interface WebShellOptions {
  lab: ServedLab;
  page: Page;
  /** Address to listen on; loopback unless the person said otherwise. */
  host?: string;
  /** 0 for any free port. */
  port?: number;
  /** Told whenever a page was let in. */
  onPage?(): void;
}

export interface WebShell {
  /** `http://host:port` */
  address: string;
  /** Random, of this launch. */
  token: string;
  /** What a person opens: the token rides in the fragment, which no server, proxy or log sees. */
  link: string;
  close(): Promise<void>;
}

/** @throws CurlewError PORT_BUSY, PORT_FAILED when the address cannot be listened on */
export async function serveWeb(options: WebShellOptions): Promise<WebShell> {
  const host = options.host ?? '127.0.0.1';
  const token = randomBytes(24).toString('base64url');
  const server = createServer((request, response) => {
    void answer(request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else refuse(response, 500, 'The page could not be read.');
    });
  });
  let hosts = new Set<string>();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!hosts.has(request.headers.host ?? ''))
      return refuse(response, 421, 'This address is not served here.');
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return refuse(response, 405, 'Only GET is answered.');
    const [pathname = '/'] = (request.url ?? '/').split('?');
    const file = await options.page.file(pathname);
    if (!file) return refuse(response, 404, 'There is nothing here.');
    response.writeHead(200, {
      ...pageHeaders,
      'Content-Type': file.type,
      'Content-Length': file.body.length,
    });
    response.end(request.method === 'HEAD' ? undefined : file.body);
  }

  const sockets = serveLabSockets(server, options.lab, (candidate, { headers }) => {
    const sameOrigin = headers.origin === undefined || hosts.has(headers.origin.replace(/^http:\/\//, ''));
    const ours = hosts.has(headers.host ?? '') && sameOrigin;
    if (!ours || !isSame(candidate, token)) return null;
    // Programs send no origin.
    if (headers.origin !== undefined) options.onPage?.();
    return 'operator';
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenError(host, options.port ?? 0, error)));
    server.listen(options.port ?? 0, host, resolve);
  });
  // From now on what fails (no descriptor left for one more page) fails for that page alone.
  server.on('error', (error) => reportFault(error, null));
  const { port } = server.address() as AddressInfo;
  const names = namesOf(host);
  hosts = new Set(names.map((name) => `${name}:${port}`));
  const [named] = names;
  const address = `http://${named}:${port}`;
  return {
    address,
    token,
    link: `${address}/#token=${token}`,
    async close() {
      sockets.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** What a page may call this server, best first: a listener on every interface has all their addresses. */
function namesOf(host: string): string[] {
  const bracketed = (address: string): string => (isIP(address) === 6 ? `[${address}]` : address);
  const loopback = ['127.0.0.1', 'localhost', '[::1]'];
  if (host === '0.0.0.0' || host === '::') {
    const outside = Object.values(networkInterfaces()).flatMap((list) =>
      (list ?? []).filter((one) => !one.internal),
    );
    return [...outside.map((one) => bracketed(one.address)), ...loopback];
  }
  return [...new Set([bracketed(host), ...(isLoopback(host) ? loopback : [])])];
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127\./.test(host);

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...pageHeaders, 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(text);
}

function listenError(host: string, port: number, error: NodeJS.ErrnoException): CurlewError {
  const where = `${host}:${port}`;
  return error.code === 'EADDRINUSE'
    ? new CurlewError('PORT_BUSY', `Another program listens on ${where}. Choose another with --port.`, {
        where,
      })
    : new CurlewError('PORT_FAILED', `The lab cannot listen on ${where}: ${error.message}.`, { where });
}

/**
 * The browser shell: the page over HTTP and the lab over a WebSocket. On loopback behind a token of this launch; beyond
 * it over TLS, behind passwords.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { CurlewError } from '../../contract/error.ts';
import { reportFault } from '../../contract/fault.ts';
import type { Role } from '../../contract/roles.ts';
import { isSame, serveLabSockets, type ServedLab } from '../lab-socket.ts';
import { pageHeaders, type Page } from '../page.ts';
import type { ServerCertificate } from './certificate.ts';
import { answerMetrics } from './metrics.ts';
import { inAddress, isLoopback, namesOf } from './names.ts';
import { answerSignIn } from './sign-in-request.ts';
import type { SignIn } from './sign-in.ts';

export interface WebShellOptions {
  lab: ServedLab;
  page: Page;
  /** Address to listen on; loopback unless the person said otherwise. */
  host?: string;
  /** 0 for any free port. */
  port?: number;
  /** Told whenever a page was let in. */
  onPage?(): void;
  /** How others than the owner come in; needed beyond loopback, where there is no token of the launch. */
  network?: NetworkOptions;
}

export interface NetworkOptions {
  certificate: ServerCertificate;
  signIn: SignIn;
}

export interface WebShell {
  /** `http://host:port`, or `https:` with `network` */
  address: string;
  /** Random, of this launch; null with `network`. */
  token: string | null;
  /** What a person opens: the token, where there is one, rides in the fragment, which no server, proxy or log sees. */
  link: string;
  close(): Promise<void>;
}

/** @throws CurlewError PORT_BUSY, PORT_FAILED when the address cannot be listened on */
export async function serveWeb(options: WebShellOptions): Promise<WebShell> {
  const { host = '127.0.0.1', network } = options;
  if (!network && !isLoopback(host)) {
    throw new CurlewError(
      'NOT_PERMITTED',
      `The lab is served at ${host} over TLS and behind passwords alone.`,
    );
  }
  const token = network ? null : randomBytes(24).toString('base64url');
  const roleOf = (candidate: string): Role | null => {
    if (network) return network.signIn.roleOf(candidate);
    return token !== null && isSame(candidate, token) ? 'local' : null;
  };
  const scheme = network ? 'https' : 'http';
  const listener: RequestListener = (request, response) => {
    void answer(request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else refuse(response, 500, 'The page could not be read.');
    });
  };
  const server = network
    ? createSecureServer({ cert: network.certificate.certificate, key: network.certificate.key }, listener)
    : createServer(listener);
  let hosts = new Set<string>();
  const isOurs = (origin: string): boolean =>
    origin.startsWith(`${scheme}://`) && hosts.has(origin.slice(scheme.length + 3));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!hosts.has(request.headers.host ?? ''))
      return refuse(response, 421, 'This address is not served here.');
    if (network && request.method === 'POST' && request.url === '/sign-in') {
      // A page of another origin must not try passwords through somebody's browser.
      if (!isOurs(request.headers.origin ?? ''))
        return refuse(response, 403, 'Only our own page may ask this.');
      const { status, headers, body } = await answerSignIn(request, network.signIn);
      const json = { 'Content-Type': 'application/json; charset=utf-8', Connection: 'close' };
      response.writeHead(status, { ...pageHeaders, ...json, ...headers });
      response.end(JSON.stringify(body));
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return refuse(response, 405, 'Only GET is answered.');
    const [pathname = '/'] = (request.url ?? '/').split('?');
    if (pathname === '/metrics') {
      const { status, headers, body } = await answerMetrics(request, options.lab);
      response.writeHead(status, { ...pageHeaders, ...headers });
      response.end(request.method === 'HEAD' ? undefined : body);
      return;
    }
    const file = await options.page.file(pathname);
    if (!file) return refuse(response, 404, 'There is nothing here.');
    response.writeHead(200, {
      ...pageHeaders,
      'Content-Type': file.type,
      'Content-Length': file.body.length,
    });
    response.end(request.method === 'HEAD' ? undefined : file.body);
  }

  const sockets = serveLabSockets(server, options.lab, 'page', (candidate, { headers }) => {
    const ours = hosts.has(headers.host ?? '') && (headers.origin === undefined || isOurs(headers.origin));
    const role = ours ? roleOf(candidate) : null;
    // Programs send no origin.
    if (role && headers.origin !== undefined) options.onPage?.();
    return role;
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenError(host, options.port ?? 0, error)));
    server.listen(options.port ?? 0, host, resolve);
  });
  // From now on what fails (no descriptor left for one more page) fails for that page alone.
  server.on('error', (error) => reportFault(error, null));
  const { port } = server.address() as AddressInfo;
  const names = namesOf(host).map(inAddress);
  const usual = port === (network ? 443 : 80);
  hosts = new Set(names.flatMap((name) => [`${name}:${port}`, ...(usual ? [name] : [])]));
  const address = `${scheme}://${names[0]}:${port}`;
  return {
    address,
    token,
    link: token === null ? `${address}/` : `${address}/#token=${token}`,
    async close() {
      sockets.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

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

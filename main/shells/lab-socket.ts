/** The lab over WebSockets, whatever they run on: requests in, replies and events out, all as CBOR in binary frames. */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import { decode, encode } from 'cborg';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Asker, Role } from '../contract/roles.ts';
import type { LabMessage } from '../contract/wire.ts';
import type { Lab } from '../lab.ts';
import { deliver } from './deliver.ts';

export type ServedLab = Pick<Lab, 'handle' | 'subscribe'>;

export interface LabSockets {
  /** Ends every connection, so that its other end learns that the lab is gone. */
  close(): void;
}

/** Largest message a page may send; the largest reply (a model, two minutes of sound) goes the other way. */
const largestMessage = 1 << 20;
/** A page that takes nothing for so long that this much waits for it is gone or broken. */
const mostBuffered = 64 << 20;

/**
 * Serves the lab at `/lab` to those who offer the protocols `curlew` and a token, in this order.
 * @param by where those who come this way ask from
 * @param admit whose token it is; null for nobody's, who is refused
 */
export function serveLabSockets(
  server: Server,
  lab: ServedLab,
  by: Asker,
  admit: (token: string, request: IncomingMessage) => Role | null,
): LabSockets {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: largestMessage,
    perMessageDeflate: false,
  });
  server.on('upgrade', (request, socket, head) => {
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((item) => item.trim());
    const [protocol, token = ''] = offered;
    const role = protocol === 'curlew' && request.url === '/lab' ? admit(token, request) : null;
    if (role === null) {
      // Node leaves an upgraded socket's errors to us; one who hangs up meanwhile must not end the lab.
      socket.on('error', () => socket.destroy());
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    // The socket answers with the first protocol offered, `curlew`, never with the token.
    sockets.handleUpgrade(request, socket, head, (webSocket) => serve(webSocket, lab, role, by));
  });
  return {
    close() {
      for (const client of sockets.clients) client.terminate();
      sockets.close();
    },
  };
}

function serve(webSocket: WebSocket, lab: ServedLab, role: Role, by: Asker): void {
  const send = (message: LabMessage): void => {
    if (webSocket.readyState !== webSocket.OPEN) return;
    if (webSocket.bufferedAmount > mostBuffered) webSocket.terminate();
    else webSocket.send(encode(message));
  };
  const unsubscribe = lab.subscribe(send);
  webSocket.on('close', unsubscribe);
  webSocket.on('error', () => webSocket.terminate());
  webSocket.on('message', (data, isBinary) => {
    let message: unknown;
    try {
      if (!isBinary) throw new Error('text frame');
      message = decode(data as Buffer);
    } catch {
      webSocket.close(1003, 'binary CBOR messages only');
      return;
    }
    void lab.handle(message, role, by).then((reply) => deliver(reply, send));
  });
}

/** In the same time whatever they differ in. */
export function isSame(candidate: string, secret: string): boolean {
  const given = Buffer.from(candidate);
  const wanted = Buffer.from(secret);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** For tests: a scripted peer behind a port, without a pseudo-terminal between them; see pseudo-terminal.ts for one. */
import { CurlewError } from '../../../main/contract/error.ts';
import type { Clock } from '../../protocol/clock.ts';
import type { ByteStream, Port } from '../port.ts';
import { StreamListeners } from '../stream-listeners.ts';

export interface Peer {
  hear(bytes: Uint8Array): void;
  end(): void;
}

/** @param make the other end; it is given what sends, and what pulls the line out */
export function peerPort<P extends Peer>(
  make: (send: (bytes: Uint8Array) => void, hangUp: () => void) => P,
): { port: Port; peer: P; isOpen: () => boolean } {
  let listeners: StreamListeners | null = null;
  const lost = () => new CurlewError('PORT_LOST', 'The connection to scripted was lost.');
  const peer = make(
    (bytes) => void listeners?.data(bytes.slice()),
    () => void listeners?.close(lost()),
  );
  const port: Port = {
    id: 'scripted',
    kind: 'virtual',
    async open(): Promise<ByteStream> {
      const here = new StreamListeners('scripted');
      listeners = here;
      return {
        async write(bytes) {
          if (here.closed) throw lost();
          peer.hear(bytes);
        },
        onData: (listener) => here.onData(listener),
        onClose: (listener) => here.onClose(listener),
        async close() {
          here.close(undefined);
        },
      };
    },
  };
  return { port, peer, isOpen: () => listeners !== null && !listeners.closed };
}

/** Another device: it says this when it hears something, or all the time. */
export const otherPort = (says: Uint8Array, clock: Clock, everyMs: number | null = null) =>
  peerPort((send) => {
    const end = everyMs === null ? () => undefined : clock.every(everyMs, () => send(says));
    return { hear: () => (everyMs === null ? send(says) : undefined), end };
  });

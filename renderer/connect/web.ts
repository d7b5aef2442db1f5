import { decode, encode } from 'cborg';
import type { ShellCapabilities } from '../../main/contract/client.ts';
import type { Transport } from '../../main/contract/connect.ts';
import type { LabMessage } from '../../main/contract/wire.ts';

/**
 * The launch token: from the address the lab printed (`#token=…`), from then on from this tab's storage. It is
 * taken out of the address bar, so that it is not bookmarked or shown on a shared screen.
 */
export function takeToken(page: Location, history: History, storage: Storage): string | null {
  const given = new URLSearchParams(page.hash.slice(1)).get('token');
  if (given) {
    keepToken(given, storage);
    history.replaceState(null, '', page.pathname + page.search);
  }
  return storage.getItem('curlew.token');
}

export const keepToken = (token: string, storage: Storage): void => storage.setItem('curlew.token', token);

/**
 * A token of this launch for a password, where the lab is served to the network.
 * @throws Error with a sentence for the person
 */
export async function tokenFor(password: string): Promise<string> {
  const answer = await fetch('/sign-in', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ password }),
  }).catch(() => {
    throw new Error('The lab does not answer: it may have been stopped.');
  });
  const { token, message } = (await answer.json()) as { token?: string; message?: string };
  if (token === undefined) throw new Error(message ?? 'The lab gave no token.');
  return token;
}

export type Refusal = 'no-token' | 'wrong-token' | 'password' | 'unreachable';

/** The WebSocket could not be opened; `refusal` says what the person should do about it. */
export class ConnectionRefused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal);
  }
}

/** @throws ConnectionRefused */
export async function openWeb(token: string | null): Promise<Transport> {
  if (!token) throw new ConnectionRefused(asksForPassword() ? 'password' : 'no-token');
  const address = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/lab`;
  const socket = new WebSocket(address, ['curlew', token]);
  socket.binaryType = 'arraybuffer';
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true });
    // A refused handshake and a dead host look the same to a page: whether the host still serves it tells them apart.
    socket.addEventListener(
      'close',
      () => void whyRefused().then((why) => reject(new ConnectionRefused(why))),
      {
        once: true,
      },
    );
  });
  return overSocket(socket);
}

/** The lab is served over TLS to the network, and there behind passwords. */
const asksForPassword = (): boolean => location.protocol === 'https:';

async function whyRefused(): Promise<Refusal> {
  try {
    const answer = await fetch(location.pathname, { method: 'HEAD', cache: 'no-store' });
    if (!answer.ok) return 'unreachable';
    return asksForPassword() ? 'password' : 'wrong-token';
  } catch {
    return 'unreachable';
  }
}

/** Each binary frame is one message in CBOR. */
export function overSocket(socket: WebSocket): Transport {
  const listeners = new Set<(message: LabMessage) => void>();
  const closeListeners = new Set<(why: string) => void>();
  socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (!(data instanceof ArrayBuffer)) return;
    const message = decode(new Uint8Array(data)) as LabMessage;
    for (const listener of listeners) listener(message);
  });
  socket.addEventListener('close', () => {
    for (const listener of closeListeners) listener('The lab no longer answers.');
  });
  return {
    send: (message) => socket.send(encode(message)),
    onMessage(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    onClose(listener) {
      closeListeners.add(listener);
      return () => void closeListeners.delete(listener);
    },
    close: () => socket.close(),
  };
}

/** A browser saves files through a download; folders it picks have no paths, so it offers the lab's own browser. */
export const webCapabilities: ShellCapabilities = {
  has: new Set(['saveFile']),
  saveFile(name, mime, pieces) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob(pieces, { type: mime }));
    link.download = name;
    link.click();
    // The download has taken the address over by the next turn of the loop.
    setTimeout(() => URL.revokeObjectURL(link.href), 0);
    return Promise.resolve();
  },
};

import { decode, encode } from 'cborg';
import { describe, expect, it, vi } from 'vitest';
import { connectLab } from '../../main/contract/connect.ts';
import { overSocket, takeToken } from './web.ts';

class FakeSocket extends EventTarget {
  sent: Uint8Array[] = [];
  send = (bytes: Uint8Array) => void this.sent.push(bytes);
  close = () => this.dispatchEvent(new Event('close'));
  hear(data: unknown) {
    this.dispatchEvent(Object.assign(new Event('message'), { data }));
  }
}

function page(hash: string) {
  const items = new Map<string, string>();
  const storage = {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
  } as Storage;
  const history = { replaceState: vi.fn() };
  const take = (now = hash) =>
    takeToken({ hash: now, pathname: '/', search: '' } as Location, history as unknown as History, storage);
  return { take, history };
}

describe('the browser’s connection', () => {
  it('takes the token out of the address and remembers it for this tab', () => {
    const { take, history } = page('#token=s3cret');
    expect(take()).toBe('s3cret');
    expect(history.replaceState).toHaveBeenCalledWith(null, '', '/');
    expect(take('#/board')).toBe('s3cret');
  });

  it('has no token where the address brought none', () => {
    const { take, history } = page('#/deploy');
    expect(take()).toBeNull();
    expect(history.replaceState).not.toHaveBeenCalled();
  });

  it('carries each message as one binary frame of CBOR, bytes included', async () => {
    const socket = new FakeSocket();
    const client = connectLab(overSocket(socket as unknown as WebSocket));
    const reply = client.request('clips.audio', { clipId: 'dog' });
    const { id, ...asked } = decode(socket.sent[0]!) as { id: number };
    expect(asked).toEqual({ type: 'request', name: 'clips.audio', params: { clipId: 'dog' } });
    const result = { pcm: Uint8Array.from([1, 2]), samples: 1 };
    socket.hear(encode({ type: 'reply', id, ok: true, result }).slice().buffer);
    expect(await reply).toEqual(result);
  });

  it('is lost when the socket closes', async () => {
    const socket = new FakeSocket();
    const client = connectLab(overSocket(socket as unknown as WebSocket));
    const reply = client.request('boards.list', {});
    socket.close();
    await expect(reply).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
  });
});

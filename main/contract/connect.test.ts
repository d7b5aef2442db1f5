import { describe, expect, it, vi } from 'vitest';
import { connectLab, type Transport } from './connect.ts';
import type { LabMessage, RequestMessage } from './wire.ts';

function wire() {
  const sent: RequestMessage[] = [];
  let toPage: (message: LabMessage) => void = () => {};
  let toClose: (why: string) => void = () => {};
  const transport: Transport = {
    send: (message) => void sent.push(message),
    onMessage(listener) {
      toPage = listener;
      return () => {};
    },
    onClose(listener) {
      toClose = listener;
      return () => {};
    },
    close: () => toClose('closed by the page'),
  };
  return { sent, transport, say: (m: LabMessage) => toPage(m), drop: () => toClose('The cable was cut.') };
}

const sentence = { message: 'There is no such board.', context: { boardId: 'x' } };

describe('the client of the lab', () => {
  it('pairs replies with requests whatever order they come in', async () => {
    const { sent, transport, say } = wire();
    const client = connectLab(transport);
    const boards = client.request('boards.list', {});
    const clips = client.request('clips.list', {});
    const [first, second] = sent;
    say({ type: 'reply', id: second!.id, ok: true, result: ['clips'] });
    say({ type: 'reply', id: first!.id, ok: true, result: ['boards'] });
    expect(await boards).toEqual(['boards']);
    expect(await clips).toEqual(['clips']);
  });

  it('rejects with the code and the context that the lab gave', async () => {
    const { sent, transport, say } = wire();
    const reply = connectLab(transport).request('boards.detach', { boardId: 'x' });
    say({ type: 'reply', id: sent[0]!.id, ok: false, error: { code: 'BOARD_NOT_FOUND', ...sentence } });
    await expect(reply).rejects.toMatchObject({ code: 'BOARD_NOT_FOUND', ...sentence });
  });

  it('keeps the sentence of an error code that it does not know', async () => {
    const { sent, transport, say } = wire();
    const reply = connectLab(transport).request('boards.list', {});
    say({
      type: 'reply',
      id: sent[0]!.id,
      ok: false,
      error: { code: 'FROM_TOMORROW' as never, ...sentence },
    });
    await expect(reply).rejects.toMatchObject({ code: 'INTERNAL', message: sentence.message });
  });

  it('ignores a reply that nobody waits for', async () => {
    const { sent, transport, say } = wire();
    const client = connectLab(transport);
    say({ type: 'reply', id: 999, ok: true, result: 'stray' });
    const reply = client.request('boards.list', {});
    say({ type: 'reply', id: sent[0]!.id, ok: true, result: [] });
    say({ type: 'reply', id: sent[0]!.id, ok: true, result: ['twice'] });
    expect(await reply).toEqual([]);
  });

  it('rejects what waits and what comes later once the connection is lost, and says so once', async () => {
    const { transport, drop, sent } = wire();
    const client = connectLab(transport);
    const lost = vi.fn();
    client.onClose(lost);
    const before = client.request('boards.list', {});
    drop();
    drop();
    await expect(before).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
    await expect(client.request('boards.list', {})).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
    expect(lost).toHaveBeenCalledTimes(1);
    expect(sent).toHaveLength(1);
  });

  it('rejects what waits when the page closes it', async () => {
    const { transport } = wire();
    const client = connectLab(transport);
    const reply = client.request('boards.list', {});
    client.close();
    await expect(reply).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
  });

  it('rejects a request that the transport cannot send', async () => {
    const { transport } = wire();
    const client = connectLab({
      ...transport,
      send() {
        throw new Error('full');
      },
    });
    await expect(client.request('boards.list', {})).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
  });

  it('hands events to their listeners until they unsubscribe', () => {
    const { transport, say } = wire();
    const client = connectLab(transport);
    const heard = vi.fn();
    const stop = client.on('log', heard);
    const line = { atMs: 1, level: 'info', subject: null, text: 'hello' };
    say({ type: 'event', event: 'log', payload: line });
    say({ type: 'event', event: 'boards', payload: [] });
    stop();
    say({ type: 'event', event: 'log', payload: line });
    expect(heard).toHaveBeenCalledTimes(1);
    expect(heard).toHaveBeenCalledWith(line);
  });
});

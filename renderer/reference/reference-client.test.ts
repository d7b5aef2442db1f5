import { flushPromises } from '@vue/test-utils';
import { describe, expect, it, vi } from 'vitest';
import type { ReferenceReply, ReferenceRequest } from './messages.ts';
import { ReferenceClient, type WorkerLike } from './reference-client.ts';

class FakeWorker extends EventTarget {
  asked: ReferenceRequest[] = [];
  postMessage = (request: ReferenceRequest) => void this.asked.push(request);
  reply(reply: ReferenceReply) {
    this.dispatchEvent(Object.assign(new Event('message'), { data: reply }));
  }
  fail(message: string) {
    this.dispatchEvent(Object.assign(new Event('error'), { message }));
  }
}

function client() {
  const workers: FakeWorker[] = [];
  const made = new ReferenceClient(() => {
    workers.push(new FakeWorker());
    return workers.at(-1) as unknown as WorkerLike;
  });
  return { made, workers };
}

const answerOf = (logit: number) => ({ logits: Float32Array.of(logit), embedding: new Float32Array(3) });

describe('the page’s end of the inference worker', () => {
  it('starts no worker before the first task, and one for all tasks', async () => {
    const { made, workers } = client();
    expect(workers).toHaveLength(0);
    const first = made.answer('g', new Float32Array(1));
    const second = made.answer('g', new Float32Array(2));
    expect(workers).toHaveLength(1);
    const [one, two] = workers[0]!.asked;
    workers[0]!.reply({ id: two!.id, ok: true, result: answerOf(2) });
    workers[0]!.reply({ id: one!.id, ok: true, result: answerOf(1) });
    expect(await first).toEqual(answerOf(1));
    expect(await second).toEqual(answerOf(2));
  });

  it('opens a graph once and fetches it once', async () => {
    const { made, workers } = client();
    const fetchModel = vi.fn(async () => new Uint8Array(3));
    const opening = made.open('g', fetchModel);
    await flushPromises();
    workers[0]!.reply({ id: workers[0]!.asked[0]!.id, ok: true, result: null });
    await opening;
    await made.open('g', fetchModel);
    expect(fetchModel).toHaveBeenCalledTimes(1);
  });

  it('opens a router once, fetches its files once, and remembers how many of its experts answer', async () => {
    const { made, workers } = client();
    const empty = new Uint8Array(0);
    const fetchFiles = vi.fn(async () => ({ image: empty, 'router.json': empty, 'weights.f32': empty }));
    const opening = made.openRouter('r', fetchFiles);
    await flushPromises();
    workers[0]!.reply({ id: workers[0]!.asked[0]!.id, ok: true, result: 2 });
    expect([await opening, await made.openRouter('r', fetchFiles)]).toEqual([2, 2]);
    expect(fetchFiles).toHaveBeenCalledTimes(1);
    // A worker that started anew knows nothing of it.
    workers[0]!.fail('out of memory');
    const again = made.openRouter('r', fetchFiles);
    await flushPromises();
    workers[1]!.reply({ id: workers[1]!.asked[0]!.id, ok: true, result: 2 });
    await again;
    expect(fetchFiles).toHaveBeenCalledTimes(2);
  });

  it('rejects with what the worker said', async () => {
    const { made, workers } = client();
    const run = made.answer('g', new Float32Array(1));
    workers[0]!.reply({ id: workers[0]!.asked[0]!.id, ok: false, message: 'no such graph' });
    await expect(run).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  it('rejects all that waits when the worker dies, and starts another for what comes next', async () => {
    const { made, workers } = client();
    const run = made.answer('g', new Float32Array(1));
    workers[0]!.fail('out of memory');
    await expect(run).rejects.toMatchObject({ code: 'INTERNAL' });
    void made.answer('g', new Float32Array(1));
    expect(workers).toHaveLength(2);
  });
});

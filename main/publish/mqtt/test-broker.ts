/** Tries a broker as the lab would use it, and says what came back. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../devices/protocol/clock.ts';
import type { PublishTest } from '../../contract/types.ts';
import { openClient, type BrokerOptions } from './broker.ts';
import { topicsOf } from './board-messages.ts';

const answerMs = 15_000;

/** Never rejects. */
export async function testBroker(options: BrokerOptions, clock: Clock): Promise<PublishTest> {
  const { host, port, tls, prefix, user } = options.settings;
  const topic = topicsOf(prefix).test;
  const began = clock.nowMs();
  const enough = new AbortController();
  let client;
  try {
    client = await openClient(options, enough.signal);
  } catch (thrown) {
    return { ok: false, text: (thrown as Error).message };
  }
  const connectedMs = Math.ceil(clock.nowMs() - began);
  const as = user === '' ? '' : ` as ${user}`;
  const connected = `Connected to ${host}:${port}${tls ? ' over TLS' : ''}${as} in ${connectedMs} ms`;
  const text = randomUUID();
  const back = new Promise<'back'>((resolve) => {
    client.on('message', (of, payload) => of === topic && payload.toString() === text && resolve('back'));
  });
  const gone = new Promise<'gone'>((resolve) => void client.once('close', () => resolve('gone')));
  const late = clock.sleep(answerMs, enough.signal).then(
    () => 'late' as const,
    () => 'late' as const,
  );
  try {
    const mayListen = client.subscribeAsync(topic, { qos: 1 }).then(
      () => true,
      () => false,
    );
    const listens = await Promise.race([mayListen, gone, late]);
    const sentMs = clock.nowMs();
    if (listens === true || listens === false) {
      const taken = client.publishAsync(topic, text, { qos: 1 }).then(() => 'taken' as const);
      // The message may be back before it is said to be taken, which nobody waits for then.
      taken.catch(() => undefined);
      const what = await Promise.race([listens ? back : taken, gone, late]);
      const ms = Math.ceil(clock.nowMs() - sentMs);
      if (what === 'back')
        return { ok: true, text: `${connected}; a message to ${topic} came back in ${ms} ms.` };
      if (what === 'taken') {
        const unseen = 'this user may not listen there, so that it was not seen whether others hear it';
        return { ok: true, text: `${connected}; a message to ${topic} was taken in ${ms} ms; ${unseen}.` };
      }
      if (what === 'late') {
        const why = 'may this user write there?';
        return { ok: false, text: `${connected}, but a message to ${topic} did not come back: ${why}` };
      }
    }
    return { ok: false, text: `${connected}, but the broker did not answer any further.` };
  } catch (thrown) {
    return { ok: false, text: `${connected}, but it would take no message: ${(thrown as Error).message}.` };
  } finally {
    enough.abort();
    await client.endAsync(true);
  }
}

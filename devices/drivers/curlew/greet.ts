/** The first words with a board: is anybody there, is it a Curlew, and how large may messages be? */
import { CurlewError } from '../../../main/contract/error.ts';
import type { SmpClient } from '../../protocol/client.ts';
import type { Clock } from '../../protocol/clock.ts';
import { boardInfo, type BoardInfo } from '../../protocol/messages/board-info.ts';
import { osParameters } from '../../protocol/messages/os-parameters.ts';
import { deviceOf } from '../identify/device.ts';
import { heardAs } from '../identify/heard.ts';
import type { Link } from './link.ts';

/** An emulated board's terminal may swallow the first second; a real one may be booting. */
const greetings = 8;
const greetingMs = 500;

/** Of bytes without one message among them it has heard enough, milliseconds apart. */
const mostBabble = 200_000;
const lookMs = 100;

/** @throws CurlewError BOARD_SILENT, BOARD_GARBAGE, BOARD_REFUSED, ABORTED, PORT_LOST */
export async function greet(
  link: Link,
  where: string,
  clock: Clock,
  signal?: AbortSignal,
): Promise<BoardInfo> {
  const { client } = link;
  const enough = new AbortController();
  const babbles = (): boolean => client.counts.messages === 0 && client.counts.received > mostBabble;
  const off = clock.every(lookMs, () => babbles() && enough.abort());
  const either = signal ? AbortSignal.any([signal, enough.signal]) : enough.signal;
  try {
    return await askAround(link, where, either);
  } catch (thrown) {
    if (enough.signal.aborted && signal?.aborted !== true)
      throw explain(
        new CurlewError('BOARD_SILENT', `What is at ${where} never falls silent.`),
        client,
        where,
      );
    throw thrown;
  } finally {
    off();
  }
}

async function askAround(link: Link, where: string, signal: AbortSignal): Promise<BoardInfo> {
  for (;;) {
    try {
      return await ask(link.client, signal);
    } catch (thrown) {
      const silent = thrown instanceof CurlewError && thrown.code === 'BOARD_SILENT';
      if (!silent || !(await link.findSlower(signal))) throw explain(thrown, link.client, where);
    }
  }
}

/** The shorter answer first: it comes through where the other would not, and shows that asking again is worth it. */
async function ask(client: SmpClient, signal?: AbortSignal): Promise<BoardInfo> {
  const options = { timeoutMs: greetingMs, retries: greetings - 1, ...(signal ? { signal } : {}) };
  const { bufferSize, bufferCount } = await client.request(osParameters, undefined, options);
  const info = await client.request(boardInfo, undefined, options);
  client.setLimits({
    messageBytes: bufferSize,
    outstanding: Math.max(1, bufferCount - 1),
  });
  return info;
}

function explain(thrown: unknown, client: SmpClient, where: string): unknown {
  if (!(thrown instanceof CurlewError)) return thrown;
  if (thrown.code === 'BOARD_REFUSED') {
    return new CurlewError(
      'BOARD_REFUSED',
      `The device at ${where} speaks SMP but has no Curlew firmware (it refused "board info").`,
      thrown.context,
      { cause: thrown },
    );
  }
  if (thrown.code !== 'BOARD_SILENT') return thrown;
  if (client.counts.received === 0) {
    return new CurlewError(
      'BOARD_SILENT',
      `Nothing answers at ${where}. Is the board powered, is it the right port, and does it run Curlew firmware?`,
      { port: where },
      { cause: thrown },
    );
  }
  const heard =
    client.lastNoise.length > 0
      ? heardAs(client.lastNoise)
      : deviceOf(client.counts.received > mostBabble ? 'babble' : 'bytes');
  return new CurlewError(
    'BOARD_GARBAGE',
    `What is at ${where} is no board that can be understood, but ${heard.what}. ${heard.advice}`,
    { port: where, received: client.counts.received, discarded: client.counts.discarded },
    { cause: thrown },
  );
}

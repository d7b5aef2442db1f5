/** The first words with a board: is anybody there, is it a Curlew, and how large may messages be? */
import { CurlewError } from '../../../main/contract/error.ts';
import type { SmpClient } from '../../protocol/client.ts';
import { boardInfo, type BoardInfo } from '../../protocol/messages/board-info.ts';
import { osParameters } from '../../protocol/messages/os-parameters.ts';
import type { Link } from './link.ts';

/** An emulated board's terminal may swallow the first second; a real one may be booting. */
const greetings = 8;
const greetingMs = 500;
/** A board may announce more than any decoder here collects. */
const largestMessage = 4096;

/** @throws CurlewError BOARD_SILENT, BOARD_GARBAGE, BOARD_REFUSED, ABORTED, PORT_LOST */
export async function greet(link: Link, where: string, signal?: AbortSignal): Promise<BoardInfo> {
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
    messageBytes: Math.min(bufferSize, largestMessage),
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
  return new CurlewError(
    'BOARD_GARBAGE',
    `The device at ${where} sends bytes that are no frames (${excerpt(client.lastNoise)}). ` +
      `Check the baud rate, and that it runs Curlew firmware.`,
    { port: where, received: client.counts.received, discarded: client.counts.discarded },
    { cause: thrown },
  );
}

/** The first bytes, as text where they are text and in hex otherwise. */
function excerpt(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'an endless one';
  const some = bytes.subarray(0, 24);
  const printable = some.every((byte) => byte >= 0x20 && byte < 0x7f);
  return printable
    ? `“${String.fromCharCode(...some)}”`
    : Array.from(some.subarray(0, 12), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

import { CurlewError } from '../../main/contract/error.ts';
import type { ByteStream } from '../drivers/port.ts';
import type { Clock } from './clock.ts';

const writeMs = 2000;

/**
 * Hands bytes to the line, or gives up: a device that hangs takes none, and nobody would ever be told.
 * @param mostMs as long as the line itself may take for them and what waits ahead of them
 * @throws CurlewError PORT_LOST; BOARD_SILENT where they are not taken in time
 */
export async function writeInTime(
  stream: ByteStream,
  bytes: Uint8Array,
  where: string,
  clock: Clock,
  mostMs = writeMs,
): Promise<void> {
  const late = new AbortController();
  const taken = stream.write(bytes);
  try {
    const first = await Promise.race([
      taken.then(() => true),
      clock.sleep(mostMs, late.signal).then(() => false),
    ]);
    if (first) return;
  } finally {
    late.abort();
  }
  // Once the port is closed it fails, and nobody waits for it any more.
  taken.catch(() => undefined);
  throw new CurlewError(
    'BOARD_SILENT',
    `What is at ${where} takes no bytes: it hangs. Unplug it, plug it in again and try once more.`,
    { port: where },
  );
}

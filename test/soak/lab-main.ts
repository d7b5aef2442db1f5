/** The lab of a soak run, a process that may be killed at any moment: fleet and store, with boards behind a socket. */
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ByteStream, Port } from '../../devices/drivers/port.ts';
import { StreamListeners } from '../../devices/drivers/stream-listeners.ts';
import { CurlewError } from '../../main/contract/error.ts';
import { portDirectory } from '../../main/fleet/port-directory.ts';
import { openFleet } from '../simulated-fleet/lab.ts';
import type { Told } from './soak-run.ts';

const [folder, socketPath, count] = process.argv.slice(2) as [string, string, string];
const againMs = 300;
const tell = (told: Told): void => void process.send?.(told);

const directory = portDirectory(() => Promise.resolve({ devices: [], problem: null }));
const ports = Array.from({ length: Number(count) }, (_, place) => portOf(place));
for (const port of ports) {
  directory.add({
    ...{ port, boardId: '', label: port.id, lineBytesPerSecond: null },
    remove: () => Promise.resolve(),
  });
}
const { fleet, close } = await openFleet(folder, directory, {
  say: (text) => tell({ said: text }),
  stored: (records) => tell({ stored: records.map((one) => [one.boardId, one.bootId, one.sequence]) }),
});
let finishing = false;
process.on('message', () => (finishing = true));
process.on('disconnect', () => process.exit(1));
await Promise.all(ports.map(({ id }) => untilDone(() => fleet.attach(id))));
while (!finishing) await sleep(againMs);
await Promise.all(fleet.boards().map(({ id }) => untilDone(() => fleet.session(id).pull())));
await close();
process.exit(0);

/** A line that is cut, or noisy, is tried again. */
async function untilDone(work: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await work();
      return;
    } catch (thrown) {
      if (!(thrown instanceof CurlewError)) throw thrown;
      await sleep(againMs);
    }
  }
}

function portOf(place: number): Port {
  const id = `soak:${place}`;
  return {
    id,
    kind: 'path',
    open: () =>
      new Promise<ByteStream>((resolve, reject) => {
        const socket = connect(socketPath);
        const listeners = new StreamListeners(id);
        const lost = (): CurlewError => new CurlewError('PORT_LOST', `${id} is cut.`, { port: id });
        socket.on('data', (bytes) => void listeners.data(bytes));
        socket.once('error', () => reject(lost()));
        socket.once('close', () => void listeners.close(lost()));
        socket.once('connect', () => {
          socket.write(Uint8Array.of(place));
          resolve({
            write: (bytes) =>
              listeners.closed
                ? Promise.reject(lost())
                : new Promise((written) => socket.write(bytes, () => written())),
            onData: (listener) => listeners.onData(listener),
            onClose: (listener) => listeners.onClose(listener),
            close: () => {
              listeners.close(undefined);
              socket.destroy();
              return Promise.resolve();
            },
          });
        });
      }),
  };
}

/** What the lab does for requests about devices that speak SMP: each opens the port, asks, and lets go of it. */
import { lookAt } from '../../../devices/drivers/smp/look.ts';
import { SmpDevice, smpBaudRate } from '../../../devices/drivers/smp/smp-device.ts';
import { serialPort } from '../../../devices/drivers/serial-port.ts';
import { realClock } from '../../../devices/protocol/clock.ts';
import { CurlewError } from '../../contract/error.ts';
import type { HandlersOf } from '../../dispatch.ts';
import type { Jobs } from '../../jobs/jobs.ts';
import type { AllowedPaths } from '../../recordings/allowed-paths.ts';
import type { SmpEcho, smpRequests } from '../contract/smp.ts';
import { startUpload } from './upload-job.ts';

export interface SmpRooms {
  jobs: Jobs;
  files: AllowedPaths;
  /** The name of the board that the lab has attached at a port; null where there is none. */
  boardAt(portId: string): string | null;
}

const mostEchoMs = 10_000;
/** Lost in a row: it answers no more. */
const mostLost = 3;

export function smpHandlers({ jobs, files, boardAt }: SmpRooms): HandlersOf<typeof smpRequests> {
  const busy = new Map<string, string>();

  /**
   * Has the port to itself: two that speak to one device take each other's answers.
   * @throws CurlewError PORT_BUSY; those of opening
   */
  async function withDevice<T>(
    { portId, baudRate = smpBaudRate }: { portId: string; baudRate?: number | undefined },
    what: string,
    work: (device: SmpDevice) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const board = boardAt(portId);
    const other = board === null ? busy.get(portId) : `the board ${board} is attached there; detach it first`;
    if (other !== undefined) {
      throw new CurlewError('PORT_BUSY', `${portId} is in use: ${other}.`, { port: portId });
    }
    busy.set(portId, what);
    try {
      const device = await SmpDevice.open(serialPort(portId, { baudRate }), signal ? { signal } : {});
      try {
        return await work(device);
      } finally {
        await device.close();
      }
    } finally {
      busy.delete(portId);
    }
  }

  return {
    'smp.look': (at) =>
      withDevice(at, 'the lab looks at the device', async (device) => ({
        ...{ portId: at.portId, baud: device.baud },
        ...(await lookAt(device)),
      })),
    'smp.echo': ({ count, bytes = 16, ...at }) =>
      withDevice(at, 'its echo is being timed', (device) => echoes(device, count, bytes)),
    'smp.upload': async ({ path, name, ...at }, role) =>
      startUpload(jobs, { path: await files.resolve(path, role), name, portId: at.portId }, (work, signal) =>
        withDevice(at, 'a file is being sent', work, signal),
      ),
    'smp.mark': ({ hash, confirm, ...at }) =>
      withDevice(at, 'an image is being marked', (device) => device.mark(hash, confirm)),
    'smp.erase': (at) =>
      withDevice(at, 'a slot is being erased', async (device) => (await device.erase(), null)),
    'smp.reset': (at) =>
      withDevice(at, 'the device restarts', async (device) => (await device.reset(), null)),
  };
}

async function echoes(device: SmpDevice, count: number, bytes: number): Promise<SmpEcho> {
  const milliseconds: number[] = [];
  let lost = 0;
  let inRow = 0;
  const endMs = realClock.nowMs() + mostEchoMs;
  for (let i = 0; i < count && realClock.nowMs() < endMs; i++) {
    try {
      milliseconds.push(await device.echo(bytes));
      inRow = 0;
    } catch (thrown) {
      const silent = thrown instanceof CurlewError && thrown.code === 'BOARD_SILENT';
      lost++;
      if (!silent || ++inRow >= mostLost) throw thrown;
    }
  }
  return { source: 'measured', bytes, baud: device.baud, milliseconds, lost };
}

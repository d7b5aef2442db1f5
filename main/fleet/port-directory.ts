/** Where boards can be: serial devices, paths typed by hand, virtual boards, emulated boards. */
import { listSerialPorts, type SerialDevices } from '../../devices/drivers/list-serial-ports.ts';
import { instrumentOf } from '../../devices/drivers/identify/usb.ts';
import type { Port } from '../../devices/drivers/port.ts';
import { serialPort } from '../../devices/drivers/serial-port.ts';
import { CurlewError } from '../contract/error.ts';
import type { PortInfo, PortListing } from '../contract/types.ts';

/** Ports that no machine lists: the lab made them. */
export interface MadePort {
  port: Port;
  /** Of the board at it. */
  boardId: string;
  label: string;
  lineBytesPerSecond: number | null;
  /** Deletes the board's files; it must be closed. @throws what the file system throws */
  remove(): Promise<void>;
}

/** A port as a board can be met at it. */
export interface Place {
  port: Port;
  /** Bytes a second that the line carries each way; null where nobody knows. */
  lineBytesPerSecond: number | null;
  /** Bits a second that were asked for; null for the usual ones. */
  baudRate: number | null;
  /** What its USB adapter says it is, as the last listing had it; null where it says nothing. */
  usb: string | null;
  /** The USB hub it hangs on, as the last listing had it; left out where nobody knows. */
  hub?: string;
}

export interface PortDirectory {
  list(): Promise<PortListing>;
  /** Serial devices of the last listing whose USB adapter says that it is this one. */
  withUsb(usb: string): string[];
  /** A made port by its id, else a serial device or pseudo-terminal by its path. */
  open(portId: string, baudRate?: number): Place;
  add(made: MadePort): void;
  isMade(portId: string): boolean;
  /** A made port, and the files behind it. @throws CurlewError PORT_NOT_FOUND for another; FILE_UNWRITABLE */
  remove(portId: string): Promise<void>;
}

/** What our firmware's serial ports run at; a start bit, 8 data bits and a stop bit make 10 bits a byte. */
const usualBaudRate = 921_600;
const bitsPerByte = 10;

/** @param listDevices asks the machine */
export function portDirectory(listDevices: () => Promise<SerialDevices> = listSerialPorts): PortDirectory {
  const made = new Map<string, MadePort>();
  let usbOf = new Map<string, string | null>();
  let hubOf = new Map<string, string>();
  return {
    async list() {
      const { devices, problem } = await listDevices();
      usbOf = new Map(devices.map(({ path, usb }) => [path, usb]));
      hubOf = new Map(devices.flatMap(({ path, hub }) => (hub === null ? [] : [[path, hub]])));
      const ports: Omit<PortInfo, 'attachedBoard'>[] = [
        ...[...made.values()].map(({ port, label }) => ({
          id: port.id,
          kind: port.kind,
          label,
          made: true,
          device: null,
        })),
        ...devices.map(({ path, label, usb }) => ({
          ...{ id: path, kind: 'serial' as const, label, made: false },
          device: instrumentOf(usb),
        })),
      ];
      return { ports: ports.map((port) => ({ ...port, attachedBoard: null })), problem };
    },
    withUsb: (usb) => [...usbOf].filter(([, other]) => other === usb).map(([path]) => path),
    open(portId, baudRate) {
      const known = made.get(portId);
      if (known) {
        const { port, lineBytesPerSecond } = known;
        return { port, lineBytesPerSecond, baudRate: null, usb: null };
      }
      const simulated = /^(virtual|qemu):/.exec(portId)?.[1] as 'virtual' | 'qemu' | undefined;
      if (simulated)
        return { port: lostPort(portId, simulated), lineBytesPerSecond: null, baudRate: null, usb: null };
      const baud = baudRate ?? usualBaudRate;
      const port = serialPort(portId, { baudRate: baud });
      const hub = hubOf.get(portId);
      return {
        port,
        lineBytesPerSecond: port.kind === 'serial' ? baud / bitsPerByte : null,
        baudRate: baudRate ?? null,
        usb: usbOf.get(portId) ?? null,
        ...(hub !== undefined && { hub }),
      };
    },
    add(one) {
      made.set(one.port.id, one);
    },
    isMade: (portId) => made.has(portId),
    async remove(portId) {
      const one = made.get(portId);
      if (!one) {
        throw new CurlewError('PORT_NOT_FOUND', `${portId} is no port that the lab has made.`, {
          port: portId,
        });
      }
      try {
        await one.remove();
      } catch (cause) {
        const why = (cause as Error).message;
        throw new CurlewError(
          'FILE_UNWRITABLE',
          `The files of ${portId} cannot be deleted: ${why}.`,
          {},
          { cause },
        );
      }
      made.delete(portId);
    },
  };
}

/** Of a simulated board that was met once, and whose files are no longer in the data folder. */
const lostPort = (id: string, kind: 'virtual' | 'qemu'): Port => ({
  id,
  kind,
  open: () =>
    Promise.reject(
      new CurlewError('PORT_NOT_FOUND', `The files of ${id} are no longer in the data folder.`, { port: id }),
    ),
});

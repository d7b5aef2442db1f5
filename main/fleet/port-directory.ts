/** Where boards can be: serial devices, paths typed by hand, virtual boards, emulated boards. */
import { listSerialPorts } from '../../devices/drivers/list-serial-ports.ts';
import type { Port } from '../../devices/drivers/port.ts';
import { serialPort } from '../../devices/drivers/serial-port.ts';
import type { PortInfo, PortListing } from '../contract/types.ts';

/** Ports that no machine lists: the lab made them. */
export interface MadePort {
  port: Port;
  label: string;
  lineBytesPerSecond: number | null;
}

export interface PortDirectory {
  list(): Promise<PortListing>;
  /** A made port by its id, else a serial device or pseudo-terminal by its path. */
  open(portId: string, baudRate?: number): { port: Port; lineBytesPerSecond: number | null };
  add(made: MadePort): void;
}

/** What our firmware's serial ports run at; a start bit, 8 data bits and a stop bit make 10 bits a byte. */
const usualBaudRate = 921_600;
const bitsPerByte = 10;

export function portDirectory(): PortDirectory {
  const made = new Map<string, MadePort>();
  return {
    async list() {
      const { devices, problem } = await listSerialPorts();
      const ports: Omit<PortInfo, 'attachedBoard'>[] = [
        ...[...made.values()].map(({ port, label }) => ({ id: port.id, kind: port.kind, label })),
        ...devices.map((device) => ({ id: device.path, kind: 'serial' as const, label: device.label })),
      ];
      return { ports: ports.map((port) => ({ ...port, attachedBoard: null })), problem };
    },
    open(portId, baudRate = usualBaudRate) {
      const known = made.get(portId);
      if (known) return known;
      const port = serialPort(portId, { baudRate });
      return { port, lineBytesPerSecond: port.kind === 'serial' ? baudRate / bitsPerByte : null };
    },
    add(one) {
      made.set(one.port.id, one);
    },
  };
}

/** Which Power Profiler Kits are plugged in, and the ports of the one that is meant. */
import type { SerialDevices } from '../../devices/drivers/list-serial-ports.ts';
import type { Port } from '../../devices/drivers/port.ts';
import { isPpk2 } from '../../devices/drivers/ppk2/identify.ts';
import { ppk2BaudRate } from '../../devices/drivers/ppk2/ppk2.ts';
import { serialPort } from '../../devices/drivers/serial-port.ts';
import { CurlewError } from '../contract/error.ts';
import type { PowerDevice } from './contract/captures.ts';

type ListDevices = () => Promise<SerialDevices>;

export const kitPort = (path: string): Port => serialPort(path, { baudRate: ppk2BaudRate });

export async function kitDevices(
  list: ListDevices,
): Promise<{ devices: PowerDevice[]; problem: string | null }> {
  const { devices, problem } = await list();
  return {
    problem,
    devices: devices
      .filter(({ usb }) => isPpk2(usb))
      .map(({ path, usb }) => ({
        ...{ portId: path, name: 'Power Profiler Kit 2' },
        serial: usb?.split(':')[2] ?? '',
      }))
      .sort((a, b) => (a.portId < b.portId ? -1 : 1)),
  };
}

/**
 * @param portId where it was named; the only kit there is otherwise, by all of its ports
 * @throws CurlewError PORT_NOT_FOUND, REQUEST_INVALID
 */
export async function kitPorts(portId: string | undefined, list: ListDevices): Promise<Port[]> {
  if (portId !== undefined) return [kitPort(portId)];
  const found = await kitDevices(list);
  const serials = new Set(found.devices.map(({ serial }) => serial));
  if (serials.size === 1) return found.devices.map((one) => kitPort(one.portId));
  if (serials.size === 0) {
    throw new CurlewError(
      'PORT_NOT_FOUND',
      `No Power Profiler Kit 2 is plugged in${found.problem === null ? '' : ` that could be told (${found.problem})`}; ` +
        `name its port where it is.`,
    );
  }
  const names = found.devices.map(({ portId: at, serial }) => `${at} (${serial})`).join(', ');
  throw new CurlewError('REQUEST_INVALID', `Several kits are plugged in: name the port of one of ${names}.`);
}

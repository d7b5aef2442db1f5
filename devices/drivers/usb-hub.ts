/** Which hub a serial device hangs on: what hangs on one shares its bandwidth. */
import { realpath } from 'node:fs/promises';
import { basename } from 'node:path';

/**
 * @param path a device that the machine lists
 * @returns a name of the hub, the same for all that hang on it; null where the machine does not tell
 */
export async function usbHubOf(path: string): Promise<string | null> {
  if (process.platform !== 'linux') return null;
  try {
    return hubIn(await realpath(`/sys/class/tty/${basename(path)}/device`));
  } catch {
    return null;
  }
}

/**
 * Linux names a USB device by the way to it: `1-1.4` is at the fourth port of the hub at the first port of bus 1
 * (Documentation/driver-api/usb/usb.rst).
 * @param sysPath of a device in /sys; `…/usb1/1-1/1-1.4/1-1.4:1.0/ttyUSB0`
 * @returns `1-1` for that one, `1` for what is plugged into the machine itself; null for no USB device
 */
export function hubIn(sysPath: string): string | null {
  const devices = sysPath.split('/').filter((part) => /^\d+-\d+(\.\d+)*$/.test(part));
  const device = devices.at(-1);
  if (device === undefined) return null;
  const dot = device.lastIndexOf('.');
  return dot < 0 ? device.split('-')[0]! : device.slice(0, dot);
}

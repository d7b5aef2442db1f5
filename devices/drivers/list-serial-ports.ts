/** Which serial devices the machine has, and when that cannot be told, why. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { SerialPort } from 'serialport';
import { usbHubOf } from './usb-hub.ts';

export interface SerialDevice {
  path: string;
  /** Manufacturer and product where the device says so, else the path. */
  label: string;
  /** Vendor, product and serial number of its USB adapter, as far as it tells them; null where it is none. */
  usb: string | null;
  /** See `usbHubOf`. */
  hub: string | null;
}

export interface SerialDevices {
  devices: SerialDevice[];
  /** A sentence when the list could not be made; null when it could. */
  problem: string | null;
}

/** What of the package's own description is used here. */
interface Found {
  path: string;
  manufacturer?: string;
  vendorId?: string;
  productId?: string;
  serialNumber?: string;
  pnpId?: string;
}

export async function listSerialPorts(environment: NodeJS.ProcessEnv = process.env): Promise<SerialDevices> {
  // On Linux the package asks udevadm, and where that is missing it ends the process with an unhandled error.
  if (process.platform === 'linux' && !onPath('udevadm', environment)) {
    return {
      devices: [],
      problem:
        'Serial ports cannot be listed because the program udevadm is missing. Install the package “udev”, ' +
        'or type the path of the port by hand.',
    };
  }
  try {
    const found = (await SerialPort.list()) as Found[];
    const devices = found
      // The kernel announces 32 legacy UARTs that are not there; a real one has an identity or a vendor.
      .filter((device) => device.vendorId ?? device.manufacturer ?? device.pnpId)
      .map(async (device) => ({
        path: device.path,
        hub: await usbHubOf(device.path),
        label: device.manufacturer ?? device.pnpId ?? device.path,
        usb: device.vendorId
          ? [device.vendorId, device.productId ?? '', device.serialNumber ?? ''].join(':')
          : null,
      }));
    return { devices: await Promise.all(devices), problem: null };
  } catch (thrown) {
    return {
      devices: [],
      problem: `Serial ports cannot be listed (${(thrown as Error).message}). Type the path of the port by hand.`,
    };
  }
}

const onPath = (program: string, environment: NodeJS.ProcessEnv): boolean =>
  (environment['PATH'] ?? '')
    .split(delimiter)
    .some((folder) => folder !== '' && existsSync(join(folder, program)));

/** Which instrument a serial device is by its USB identity, before a byte is sent to it. */
import { isPpk2 } from '../ppk2/identify.ts';
import { deviceOf, type Device } from './device.ts';

/**
 * @param usb vendor, product and serial number as `listSerialPorts` tells them
 * @returns null for one that only a greeting tells: an adapter's identity says nothing of what is behind it
 */
export const instrumentOf = (usb: string | null): Device | null => (isPpk2(usb) ? deviceOf('ppk2') : null);

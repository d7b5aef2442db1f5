import { expect, test } from 'vitest';
import { hubIn } from './usb-hub.ts';

test.each([
  ['/sys/devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1.4/1-1.4:1.0/ttyUSB0', '1-1'],
  ['/sys/devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1.4/1-1.4.2/1-1.4.2:1.0/ttyUSB1', '1-1.4'],
  ['/sys/devices/pci0000:00/0000:00:14.0/usb3/3-12/3-12:1.1', '3'],
  ['/sys/devices/platform/serial8250', null],
])('the hub of %s is %s', (path, hub) => {
  expect(hubIn(path)).toBe(hub);
});

import { expect, test } from 'vitest';
import type { CurlewError } from '../../main/contract/error.ts';
import { listSerialPorts } from './list-serial-ports.ts';
import { serialPort } from './serial-port.ts';

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'opened',
    (error: unknown) => (error as CurlewError).code,
  );

test('a path that is not there, and one that is no terminal, are refused with their own codes', async () => {
  expect(await codeOf(serialPort('/dev/no-such-port', { baudRate: 115_200 }).open())).toBe('PORT_NOT_FOUND');
  expect(await codeOf(serialPort('/dev/null', { baudRate: 115_200 }).open())).toBe('PORT_FAILED');
});

test('without udevadm the list is empty and says what to install', async () => {
  const listing = await listSerialPorts({ PATH: '/nowhere' });
  expect(listing.devices).toEqual([]);
  if (process.platform === 'linux') expect(listing.problem).toContain('udev');
  else expect(listing.problem).toBeNull();
});

test('with it the list is made, whatever is plugged in', async () => {
  expect((await listSerialPorts()).problem).toBeNull();
});

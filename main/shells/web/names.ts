/** What this machine is called from outside, and which of its names never leave it. */
import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';

/** Whether only this machine can reach what listens there; a name that is not known to be so is not. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

const loopback = ['127.0.0.1', 'localhost', '::1'];

/** What a page may call a listener, best first: one on every interface has all their addresses. */
export function namesOf(host: string): string[] {
  if (host === '0.0.0.0' || host === '::') {
    const outside = Object.values(networkInterfaces()).flatMap((list) =>
      (list ?? []).filter((one) => !one.internal),
    );
    return [...outside.map(({ address }) => address), hostname(), ...loopback];
  }
  return [...new Set([host, ...(isLoopback(host) ? loopback : [])])];
}

/** As it stands in an address before the port. */
export const inAddress = (name: string): string => (isIP(name) === 6 ? `[${name}]` : name);

/** Who tried which passwords how often: guessing is slowed down, by where it comes from. */
import { isIPv6 } from 'node:net';

interface Tries {
  failed: number;
  lastMs: number;
}

/** Typing errors cost nothing; from then on each wrong password doubles the wait. */
const free = 4;
const longestWaitMs = 5 * 60_000;
const forgottenAfterMs = 60 * 60_000;
const mostSources = 10_000;

/** Pure: times come from outside, in milliseconds of any clock that only rises. */
export class Attempts {
  private readonly tries = new Map<string, Tries>();

  /** @returns milliseconds until the next password from there is looked at; 0 for at once */
  wait(address: string, nowMs: number): number {
    const tries = this.tries.get(sourceOf(address));
    if (!tries || tries.failed < free) return 0;
    const wait = Math.min(longestWaitMs, 1000 * 2 ** (tries.failed - free));
    return Math.max(0, tries.lastMs + wait - nowMs);
  }

  failed(address: string, nowMs: number): void {
    const source = sourceOf(address);
    const { failed = 0 } = this.tries.get(source) ?? {};
    // Set anew, so that the map's order is that of the last tries.
    this.tries.delete(source);
    this.tries.set(source, { failed: failed + 1, lastMs: nowMs });
    for (const [one, { lastMs }] of this.tries) {
      if (this.tries.size <= mostSources && nowMs - lastMs < forgottenAfterMs) break;
      this.tries.delete(one);
    }
  }

  succeeded(address: string): void {
    this.tries.delete(sourceOf(address));
  }
}

/** A person on IPv6 has a whole network of addresses: its first 64 bits say who. */
function sourceOf(address: string): string {
  const bare = address.replace(/^::ffff:(?=\d+\.)/, '').replace(/%.*$/, '');
  if (!isIPv6(bare)) return bare;
  const [head = '', tail] = bare.split('::');
  const groups = head.split(':').filter((group) => group !== '');
  if (tail !== undefined) {
    const rest = tail.split(':').filter((group) => group !== '');
    while (groups.length + rest.length < 8) groups.push('0');
    groups.push(...rest);
  }
  return groups.slice(0, 4).join(':');
}

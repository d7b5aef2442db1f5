/** What a device is by the bytes that it sends, whoever asked it. */
import { base64Decode } from '../../protocol/base64.ts';
import type { Clock } from '../../protocol/clock.ts';
import { areSamples } from '../ppk2/identify.ts';
import { deviceOf, type Device, type DeviceKind } from './device.ts';

/** What has come: all of it counted, and the beginning kept. */
export class Heard {
  private readonly kept: number[] = [];
  total = 0;
  private lastMs: number;

  constructor(
    private readonly clock: Clock,
    private readonly most: number,
  ) {
    this.lastMs = clock.nowMs();
  }

  take(bytes: Uint8Array): void {
    this.total += bytes.length;
    this.lastMs = this.clock.nowMs();
    for (const byte of bytes.subarray(0, Math.max(0, this.most - this.kept.length))) this.kept.push(byte);
  }

  forget(): void {
    this.kept.length = this.total = 0;
  }

  get quietForMs(): number {
    return this.clock.nowMs() - this.lastMs;
  }

  get bytes(): Uint8Array {
    return Uint8Array.from(this.kept);
  }

  get text(): string {
    return textOf(this.bytes);
  }
}

/** Met behind a serial port, by what they say; the first that fits. */
const known: readonly (readonly [pattern: RegExp, kind: DeviceKind])[] = [
  [/^\s*(calibrated|r0|vdd)\s*:/i, 'ppk2'],
  [/m-ready|m-\[|e-\[|m-info|m-name-/, 'mlperf-tiny'],
  [/(^|[\r\n])[^\r\n]{0,40}[:@][^\r\n]{0,40}[$#>] ?$|:~\$|login: ?$/, 'shell'],
  [/^\s*(AT[^\r\n]*\r?\n)?\s*(OK|ERROR|\+CME ERROR.*)\r?\n/, 'modem'],
  [/\$G[PNLAB][A-Z]{3},/, 'satellite'],
];

const excerptBytes = 24;

/** @param bytes the first of what it sent, not empty */
export function heardAs(bytes: Uint8Array): Device {
  if (areSamples(bytes)) return deviceOf('ppk2', { detail: 'it measures' });
  if (isSmpAnswer(bytes)) return deviceOf('smp');
  const text = textOf(bytes);
  const found = known.find(([pattern]) => pattern.test(text));
  if (found) return deviceOf(found[1]);
  if (bytes.length >= 8 && bytes.every((byte) => byte === bytes[0]))
    return deviceOf('constant', { detail: hex(bytes.subarray(0, 1)) });
  const printable = bytes.filter((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 10 || byte === 13);
  if (printable.length >= 0.9 * bytes.length) {
    const shown = text.replaceAll(/[^\x20-\x7e]+/g, ' ').trim();
    return deviceOf('text', { detail: `“${shown.slice(0, 2 * excerptBytes)}”` });
  }
  return deviceOf('bytes', { detail: hex(bytes.subarray(0, excerptBytes / 2)) });
}

/** A console frame whose message is a response: a request that comes back is a loop's. */
function isSmpAnswer(bytes: Uint8Array): boolean {
  for (let at = 0; at + 6 <= bytes.length; at++) {
    if (bytes[at] !== 0x06 || bytes[at + 1] !== 0x09) continue;
    // The length, and the first byte of the header.
    const head = base64Decode(bytes.subarray(at + 2, at + 6));
    if (head?.length === 3 && (head[2]! & 1) === 1) return true;
  }
  return false;
}

const textOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');

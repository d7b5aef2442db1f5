/** Which serial device is a Power Profiler Kit 2, and what something else behind its port is. */

/** Vendor and product as its USB tells them. */
const usbIds = /^1915:c00a(:|$)/i;

/** @param usb vendor, product and serial number as `listSerialPorts` tells them */
export const isPpk2 = (usb: string | null): boolean => usb !== null && usbIds.test(usb);

/** Others that are met behind a serial port, by what they say; the first that fits. */
const known: readonly (readonly [pattern: RegExp, what: string])[] = [
  [
    /(uart|shell|ppk2?):~\$/i,
    'a shell: newer kits have two ports, and this is the one for commands that people type. Choose the other one',
  ],
  [/^\s*(AT[^\r\n]*\r?\n)?\s*(OK|ERROR|\+CME ERROR.*)\r?\n/, 'a modem, or something that takes AT commands'],
  [/\$G[PNLAB][A-Z]{3},/, 'a satellite receiver (NMEA)'],
  [/m-ready|m-\[|e-\[|m-info/, 'a board under an MLPerf Tiny test'],
  [/\x06\x09[A-Za-z0-9+/=]{4}/, 'a board that speaks SMP: a Curlew board, say. Attach it as one'],
];

const sampleBytes = 4;
const enoughSamples = 16;

/** Whether these are samples of a kit that measures: their counters count on. */
export function areSamples(bytes: Uint8Array): boolean {
  for (let from = 0; from < sampleBytes; from++) {
    let inRow = 0;
    for (let at = from + sampleBytes; at + 2 < bytes.length; at += sampleBytes) {
      const [before, counter] = [bytes[at - 2]! >> 2, bytes[at + 2]! >> 2];
      if (((before + 1) & 0x3f) !== counter) break;
      if (++inRow === enoughSamples) return true;
    }
  }
  return false;
}

const excerptBytes = 24;

/**
 * @param bytes the first of what it sent, not empty
 * @returns what it is, for the end of a sentence: “a satellite receiver (NMEA)”
 */
export function whatAnswers(bytes: Uint8Array): string {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  const found = known.find(([pattern]) => pattern.test(text));
  if (found) return found[1];
  if (bytes.length >= 8 && bytes.every((byte) => byte === bytes[0])) {
    return `a line that sends nothing but ${hex(bytes.subarray(0, 1))}: a device without power, or another baud rate`;
  }
  const printable = bytes.filter((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 10 || byte === 13);
  if (printable.length >= 0.9 * bytes.length) {
    const shown = text.replaceAll(/[^\x20-\x7e]+/g, ' ').trim();
    return `something that sends text (“${shown.slice(0, 2 * excerptBytes)}”)`;
  }
  return `something that sends other bytes (${hex(bytes.subarray(0, excerptBytes / 2))})`;
}

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');

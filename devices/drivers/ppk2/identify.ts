/** Which serial device is a Power Profiler Kit 2: by its USB, and by its samples. */

/** Vendor and product as its USB tells them. */
const usbIds = /^1915:c00a(:|$)/i;

/** @param usb vendor, product and serial number as `listSerialPorts` tells them */
export const isPpk2 = (usb: string | null): boolean => usb !== null && usbIds.test(usb);

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

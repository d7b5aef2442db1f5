/** For tests: an uncertain window as a board keeps it. */
import { crc32 } from './crc.ts';
import { uncertainBytes } from './uncertain-window.ts';

/** With its checksum set anew. */
export const sealed = (bytes: Uint8Array): Uint8Array => {
  const covered = Uint8Array.from([...bytes.subarray(0, 124), ...bytes.subarray(128)]);
  new DataView(bytes.buffer).setUint32(124, crc32(covered), true);
  return bytes;
};

/** A window as firmware 0.4 writes it. */
export function uncertainFixture(): Uint8Array {
  const bytes = new Uint8Array(uncertainBytes);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode('CLUW'));
  [7, 0xfedc_ba98, 1234].forEach((value, i) => view.setUint32(4 + 4 * i, value, true));
  view.setBigUint64(16, 5_000_000_000n, true);
  view.setBigUint64(24, 1_780_000_000_000n, true);
  [1.5, 0.25, 0.375].forEach((value, i) => view.setFloat32(32 + 4 * i, value, true));
  view.setUint16(44, 2, true);
  bytes.set([1, 1, 0xab, 0xcd], 46);
  view.setFloat32(56, -2.5, true);
  view.setFloat32(60, 32, true);
  view.setUint16(64, 3, true);
  bytes[66] = 1;
  [0.5, -1, 2].forEach((value, i) => view.setFloat32(128 + 4 * i, value, true));
  bytes.fill(0x81, 384);
  bytes[384] = 127;
  return sealed(bytes);
}

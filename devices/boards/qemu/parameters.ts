/** What a QEMU board finds in its memory when it starts: `struct machine_parameters` of ports/mps/machine.h. */
import { storeFlash } from '../fit.ts';
import { activeWatts, nanosecondsPerInstruction, type BoardProfile } from '../profiles.ts';

const bytesInAll = 136;
const magic = 0x52415043;

/** @param id 8 bytes @param seed of the boot ids, u32 */
export function boardParameters(
  name: string,
  id: Uint8Array,
  seed: number,
  profile: BoardProfile,
): Uint8Array {
  const bytes = new Uint8Array(bytesInAll);
  const view = new DataView(bytes.buffer);
  const text = (at: number, value: string, room: number): void =>
    void new TextEncoder().encodeInto(value, bytes.subarray(at, at + room - 1));
  view.setUint32(0, magic, true);
  view.setUint32(4, seed, true);
  bytes.set(id.subarray(0, 8), 8);
  text(16, name, 64);
  text(80, profile.name, 32);
  view.setUint32(112, Math.round(nanosecondsPerInstruction(profile) * 1000), true);
  view.setUint32(116, Math.round(activeWatts(profile) * 1e6), true);
  view.setUint32(120, Math.round(profile.supplyVolts * 1000), true);
  const { size, block, granule } = storeFlash(profile);
  [size, block, granule].forEach((value, i) => view.setUint32(124 + 4 * i, value, true));
  return bytes;
}

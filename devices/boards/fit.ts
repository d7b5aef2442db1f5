/** Whether a chip can hold the firmware, and the store that is left on it. */
import { grouped } from '../../main/contract/figures.ts';
import { CurlewError } from '../../main/contract/error.ts';
import { firmwareSizes, type FirmwareSizes } from './firmware-sizes.ts';
import { kernelTable, type BoardProfile } from './profiles.ts';

/** The store's flash, as `struct cur_hal` (devices/firmware/hal/hal.h) has it: all in bytes. */
export interface StoreFlash {
  readonly size: number;
  readonly block: number;
  readonly granule: number;
}

/**
 * What a chip's flash gives to the firmware: its code, and in reserve what a port's drivers and later versions need.
 * Fixed, so that a new version's code does not move the store.
 */
export const firmwarePartition = 128 * 1024;

/** hal.h: blocks of 1 KiB to 64 KiB, 16 of them at least. */
const [leastBlock, mostBlock, leastBlocks] = [1024, 65_536, 16];

/** All that the firmware's partition leaves of the chip's flash, in whole blocks. */
export function storeFlash({ flashBytes, flashBlock, flashGranule }: BoardProfile): StoreFlash {
  const blocks = Math.floor(Math.max(0, flashBytes - firmwarePartition) / flashBlock);
  return { size: blocks * flashBlock, block: flashBlock, granule: flashGranule };
}

/** Why the chip cannot hold the firmware, a sentence; null where it can. */
export function unfitReason(profile: BoardProfile, sizes: FirmwareSizes = firmwareSizes): string | null {
  const { size, block } = storeFlash(profile);
  const reasons = [
    ...(sizes.ram > profile.ramBytes
      ? [
          `${grouped(sizes.ram - profile.ramBytes)} bytes of RAM are missing: ${shares(sizes.ram, profile.ramBytes)}`,
        ]
      : []),
    ...(sizes.code > firmwarePartition
      ? [`its code does not fit its part of the flash: ${shares(sizes.code, firmwarePartition)}`]
      : []),
    ...(block < leastBlock || block > mostBlock
      ? [
          `its flash is erased ${grouped(block)} bytes at once, the store needs ${grouped(leastBlock)} to ${grouped(mostBlock)}`,
        ]
      : []),
    ...(size < leastBlocks * block ? [`${grouped(size)} bytes of its flash are left for the store`] : []),
  ];
  return reasons.length === 0 ? null : `${profile.title} cannot hold the firmware: ${reasons.join('; ')}.`;
}

/** Profiles that a virtual board can have: of the core whose kernels were counted. Which of them fit is for `unfitReason`. */
export const virtualProfiles = (profiles: readonly BoardProfile[]): readonly BoardProfile[] =>
  profiles.filter(({ core }) => core === kernelTable.core);

/** @throws CurlewError NOT_CAPABLE for a chip that cannot hold the firmware */
export function mustFit(profile: BoardProfile): void {
  const reason = unfitReason(profile);
  if (reason !== null) throw new CurlewError('NOT_CAPABLE', reason, { profile: profile.name });
}

const shares = (needed: number, there: number): string => `it takes ${grouped(needed)} of ${grouped(there)}`;

import { expect, test } from 'vitest';
import { firmwarePartition, mustFit, storeFlash, unfitReason, virtualProfiles } from './fit.ts';
import { firmwareSizes } from './firmware-sizes.ts';
import { boardProfile, boardProfiles, defaultProfile, kernelTable } from './profiles.ts';
import { emulatedMachines } from './qemu/machines.ts';

const tooSmall = (name: string) => unfitReason(boardProfile(name));

test('the board that a lab opens with can hold the firmware, and so can all emulated ones', () => {
  for (const profile of [defaultProfile, ...emulatedMachines.map((machine) => machine.profile)])
    expect(unfitReason(profile), profile.name).toBeNull();
});

test('a store is what the firmware’s part of the flash leaves, in the chip’s own blocks', () => {
  expect(storeFlash(defaultProfile)).toEqual({ size: 2_097_152 - 131_072, block: 4096, granule: 8 });
  expect(storeFlash(boardProfile('stm32l496-80mhz'))).toEqual({ size: 917_504, block: 2048, granule: 8 });
  expect(firmwareSizes.code).toBeLessThan(firmwarePartition);
});

test('a chip that cannot hold the firmware is refused with the number of bytes that are missing', () => {
  const missing = (firmwareSizes.ram - 131_072).toLocaleString('en');
  expect(tooSmall('stm32l476-80mhz')).toContain(`${missing} bytes of RAM are missing`);
  expect(tooSmall('stm32f407-168mhz')).toContain('its flash is erased 131,072 bytes at once');
  expect(tooSmall('stm32l100-32mhz')).toContain('0 bytes of its flash are left for the store');
  expect(() => mustFit(boardProfile('stm32l476-80mhz'))).toThrow(
    expect.objectContaining({ code: 'NOT_CAPABLE' }),
  );
});

test('a chip comes back when the firmware fits it', () => {
  const small = { ...firmwareSizes, ram: 131_072 };
  expect(unfitReason(boardProfile('stm32l476-80mhz'), small)).toBeNull();
  expect(unfitReason(boardProfile('stm32l476-80mhz'), { ...small, code: firmwarePartition + 1 })).toContain(
    'its code does not fit',
  );
});

test('virtual boards stand for chips of the core that instructions were counted on', () => {
  const names = virtualProfiles(boardProfiles).map(({ core }) => core);
  expect(new Set(names)).toEqual(new Set([kernelTable.core]));
});

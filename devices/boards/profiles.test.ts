import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  activeWatts,
  boardProfile,
  boardProfiles,
  idleWatts,
  kernelNames,
  kernelTable,
  nanosecondsPerInstruction,
} from './profiles.ts';
import { emulatedMachine, emulatedMachines } from './qemu/machines.ts';
import { boardParameters } from './qemu/parameters.ts';

const firmware = (path: string): string =>
  readFileSync(new URL(`../firmware/${path}`, import.meta.url), 'utf8');

test('kernels are numbered as in the firmware', () => {
  const numbered = [...firmware('hal/hal.h').matchAll(/CUR_KERNEL_(\w+) = (\d+),/g)];
  expect(numbered.map(([, name, number]) => [name!.toLowerCase(), Number(number)])).toEqual(
    kernelNames.map((name, number) => [name, number]),
  );
});

test('the table has a count for every kernel and says where it comes from', () => {
  expect(Object.keys(kernelTable.instructions).sort()).toEqual([...kernelNames].sort());
  for (const name of kernelNames) expect(kernelTable.instructions[name], name).toBeGreaterThan(0);
  expect(kernelTable.source).toMatch(/Counted/);
});

test('every profile is complete, fits the board’s report and cites its source', () => {
  for (const profile of boardProfiles) {
    expect(boardProfile(profile.name)).toBe(profile);
    expect(new TextEncoder().encode(profile.name).length).toBeLessThanOrEqual(31);
    expect(profile.source).toMatch(/datasheet|application note/);
    for (const bytes of [profile.flashBytes, profile.flashBlock, profile.flashGranule, profile.ramBytes])
      expect(bytes, profile.name).toBeGreaterThan(0);
    expect(nanosecondsPerInstruction(profile)).toBeGreaterThan(0);
    expect(activeWatts(profile) > 0).toBe(profile.activeMilliamps !== null);
    const idle = idleWatts(profile);
    expect(profile.idleSource !== '').toBe(idle !== null);
    if (!idle) continue;
    expect(profile.idleSource).toMatch(/datasheet/);
    expect([idle.asleep > 0, idle.listening > idle.asleep]).toEqual([true, true]);
    expect(idle.listening).toBeLessThan(activeWatts(profile));
  }
});

test('an unknown profile is refused', () => {
  expect(() => boardProfile('no-such-board')).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
});

test('QEMU parameters lie as the firmware reads them', () => {
  const profile = boardProfile('stm32l4r5-120mhz');
  const bytes = boardParameters('bænk', Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), 0xdeadbeef, profile);
  const view = new DataView(bytes.buffer);
  expect(firmware('ports/mps/machine.h')).toContain(`0x${view.getUint32(0, true).toString(16)}u`);
  expect(view.getUint32(4, true)).toBe(0xdeadbeef);
  expect([...bytes.subarray(8, 16)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(new TextDecoder().decode(bytes.subarray(16, 22))).toBe('bænk\0');
  expect(new TextDecoder().decode(bytes.subarray(80, 96))).toBe('stm32l4r5-120mhz');
  expect([112, 116, 120].map((at) => view.getUint32(at, true))).toEqual([10_417, 44_820, 1800]);
  expect([124, 128, 132].map((at) => view.getUint32(at, true))).toEqual([1_966_080, 4096, 8]);
  expect(bytes).toHaveLength(136);
});

test('every machine’s parameters lie where its firmware looks for them', () => {
  const behind = /MACHINE_PARAMETERS .*MACHINE_MEMORY \+ (0x[0-9a-f]+)u/.exec(
    firmware('ports/mps/machine.h'),
  )?.[1];
  for (const { name, parametersAddress } of emulatedMachines) {
    const memory = /MACHINE_MEMORY\s+(0x[0-9a-f]+)u/.exec(firmware(`ports/mps/${name}/map.h`))?.[1];
    expect(parametersAddress, name).toBe(Number(memory) + Number(behind));
  }
});

test('an unknown machine is refused, and the ones there are are named', () => {
  expect(() => emulatedMachine('z80')).toThrow(
    expect.objectContaining({
      code: 'REQUEST_INVALID',
      message: expect.stringContaining('mps3-an547') as string,
    }),
  );
});

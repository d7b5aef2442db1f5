/** What must hold of the firmware as built for each processor: no recursion, a bounded stack, no heap, no double. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readFirmware } from '../../devices/boards/firmware-stack.ts';
import { emulatedMachines } from '../../devices/boards/qemu/machines.ts';
import { resources } from '../../main/resources.ts';

const core = join(resources.root, 'devices', 'firmware', 'core');

describe.each(emulatedMachines)('the firmware for $title', ({ name }) => {
  const { functions, stack } = readFirmware(join(resources.firmware, `${name}.elf`));
  const names = new Set([...functions.values()].map((one) => one.name));

  test('is not recursive and fits the stack that is reserved', () => {
    expect(stack.path[0]).toBe('machine_entry');
    expect(stack.path.length).toBeGreaterThan(3);
    expect(stack.bound).toBeLessThanOrEqual(stack.reserved);
  });

  test('has no heap and no double precision', () => {
    expect([...names].filter((one) => /^_*(malloc|calloc|realloc|free|sbrk)(_r)?$/.test(one))).toEqual([]);
    expect([...names].filter((one) => /^__aeabi_(d|f2d|i2d|ui2d|l2d|ul2d)/.test(one))).toEqual([]);
  });
});

test('the core calls no other pointers than the hardware’s and the answerers of requests', () => {
  const sources = readdirSync(core, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.[ch]$/.test(file),
  );
  const pointers = sources.flatMap((file) =>
    [...readFileSync(join(core, file), 'utf8').matchAll(/\(\s*\*\s*\w*\s*\)\s*\(|\w+_handler \*/g)].map(
      ([found]) => `${file}: ${found}`,
    ),
  );
  expect(new Set(pointers)).toEqual(new Set(['link/smp.c: cur_handler *']));
});

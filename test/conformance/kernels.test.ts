/** Every variant of the kernels gives the same integers as portable C: the check program says so on each machine. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { firmwareBuild } from '../../devices/boards/build-files.ts';
import { runBenchProgram } from '../../devices/boards/qemu/bench-program.ts';

/** The part of the WebAssembly API used here: TypeScript keeps its types in the DOM library. */
interface WebAssemblyApi {
  instantiate(
    bytes: Uint8Array,
    imports: object,
  ): Promise<{ instance: { exports: { memory: { buffer: ArrayBuffer }; bench(): void } } }>;
}

const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyApi };

/** As many cases as devices/firmware/bench/linear_cases.h and conv_cases.h make. */
const verdict = ['linear_same 2400', 'conv_same 1360', 'wide_pools_same 18'];

test.each([
  ['Cortex-M3, portable C', 'mps2-an385'],
  ['Cortex-M4F, DSP', 'mps2-an386'],
  ['Cortex-M7F, DSP', 'mps2-an500'],
  ['Cortex-M55, MVE', 'mps3-an547'],
])('%s: kernels give the same integers as portable C', async (_, machine) => {
  expect(await runBenchProgram(machine, 'check_kernels')).toEqual(verdict);
});

test.each(['mps2-an385', 'mps2-an386', 'mps2-an500', 'mps3-an547'])(
  '%s: encoders computed row by row give what they give layer by layer',
  async (machine) => {
    const lines = await runBenchProgram(machine, 'fused');
    expect(lines.filter((line) => line.includes('_same'))).toEqual([
      'large_same 1',
      'narrow_same 1',
      'tall_same 1',
    ]);
  },
);

test('WebAssembly SIMD: kernels give the same integers as portable C', async () => {
  const file = firmwareBuild('check-kernels.wasm', 'wasm-check-kernels', 'clang-14 and lld-14');
  const printed: string[] = [];
  const { instance } = await WebAssembly.instantiate(readFileSync(file), {
    bench: {
      value(name: number, value: number) {
        const memory = new Uint8Array(instance.exports.memory.buffer);
        const end = memory.indexOf(0, name);
        printed.push(`${new TextDecoder().decode(memory.subarray(name, end))} ${value}`);
      },
    },
  });
  instance.exports.bench();
  expect(printed).toEqual(verdict);
});

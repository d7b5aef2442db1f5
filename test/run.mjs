/**
 * `npm test`: sets up what is missing, then lint, firmware, and every test. `npm test -- PART…` runs some of them:
 * lint, firmware, unit, e2e.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuild, ensurePackages, ensurePrograms, root } from '../main/shells/setup.mjs';

const bin = (name) => join(root, 'node_modules', '.bin', name);
const steps = {
  lint: [
    [bin('eslint'), '.'],
    [
      bin('depcruise'),
      ...['--config', '.dependency-cruiser.json'],
      ...['main', 'preload', 'renderer', 'devices', 'models', 'test'],
    ],
    [bin('prettier'), '--check', '--log-level', 'warn', '.'],
    [bin('tsc'), '--noEmit'],
    [bin('vue-tsc'), '--noEmit', '-p', 'renderer'],
  ],
  firmware: [
    [
      'make',
      '--directory',
      'devices/firmware',
      '--no-print-directory',
      'lint',
      'all',
      'test',
      'wasm-check',
      'fuzz-check',
    ],
  ],
  unit: [[bin('vitest'), 'run', '--project', 'unit']],
  e2e: [[bin('vitest'), 'run', '--project', 'e2e']],
};

ensurePackages();
ensurePrograms([
  { program: 'make', debian: 'make', why: 'building the firmware' },
  { program: 'gcc', debian: 'gcc', why: 'the firmware as a host process, with sanitizers' },
  { program: 'clang-14', debian: 'clang-14', why: 'the firmware as WebAssembly' },
  {
    file: '/usr/lib/clang/14/lib/linux',
    debian: 'libclang-rt-14-dev',
    why: 'fuzzing the firmware, with sanitizers',
  },
  { program: 'wasm-ld-14', debian: 'lld-14', why: 'linking the firmware as WebAssembly' },
  { program: 'clang-format-14', debian: 'clang-format-14', why: 'the format of the C sources' },
  { program: 'arm-none-eabi-gcc', debian: 'gcc-arm-none-eabi', why: 'the firmware for Cortex-M' },
  { program: 'qemu-system-arm', debian: 'qemu-system-arm', why: 'running the Cortex-M firmware' },
  { program: 'socat', debian: 'socat', why: 'pulling the cable of a board in tests' },
  { program: 'udevadm', debian: 'udev', why: 'listing serial ports' },
  { program: 'chromium', debian: 'chromium', why: 'testing the page in a browser' },
]);
const chosen = process.argv.slice(2);
const parts = chosen.length > 0 ? chosen : Object.keys(steps);
// The end-to-end tests run the built lab; a test must never see an older one.
if (parts.includes('e2e') || parts.includes('unit')) ensureBuild();
for (const part of parts) {
  for (const [program, ...words] of steps[part] ?? []) {
    process.stdout.write(`\n── ${part}: ${[program.split('/').at(-1), ...words].join(' ')}\n`);
    const began = performance.now();
    const done = spawnSync(program, words, { cwd: root, stdio: 'inherit' });
    if (done.status !== 0) {
      process.stdout.write(`\n${part} failed.\n`);
      process.exit(1);
    }
    process.stdout.write(`${((performance.now() - began) / 1000).toFixed(0)} s\n`);
  }
}
process.stdout.write(`\nAll of ${parts.join(', ')} passed.\n`);

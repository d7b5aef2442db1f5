/**
 * `npm test`: sets up what is missing, then lint, firmware, and every test. `npm test -- PART…` runs some of them:
 * lint, firmware, unit, e2e.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ensureBuild, ensurePackages, ensurePrograms, root } from '../main/shells/setup.mjs';

const bin = (name) => join(root, 'node_modules', '.bin', name);
/** The commands of one part run side by side. */
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
      `--jobs=${availableParallelism()}`,
      '--output-sync=target',
      'lint',
      'all',
      'test',
      'wasm-check',
      'fuzz-check',
    ],
    ['make', '--directory', 'main/recordings/resampler', '--no-print-directory', 'lint', 'wasm-check'],
  ],
  unit: [[bin('vitest'), 'run', '--project', 'unit']],
  e2e: [[bin('vitest'), 'run', '--project', 'e2e']],
};

const chosen = process.argv.slice(2);
const unknown = chosen.filter((part) => !(part in steps));
if (unknown.length > 0) {
  process.stderr.write(
    `There is no part ${unknown.join(', ')}: npm test -- PART…, of ${Object.keys(steps).join(', ')}; without one, all.\n`,
  );
  process.exit(2);
}
ensurePackages();
ensurePrograms([
  { program: 'make', debian: 'make', why: 'building the firmware' },
  { program: 'gcc', debian: 'gcc', why: 'the firmware as a host process, with sanitizers' },
  { program: 'clang-14', debian: 'clang-14', why: 'the firmware and the resampler as WebAssembly' },
  {
    file: '/usr/lib/clang/14/lib/linux',
    debian: 'libclang-rt-14-dev',
    why: 'fuzzing the firmware, with sanitizers',
  },
  { program: 'wasm-ld-14', debian: 'lld-14', why: 'linking the WebAssembly' },
  { program: 'clang-format-14', debian: 'clang-format-14', why: 'the format of the C sources' },
  { program: 'arm-none-eabi-gcc', debian: 'gcc-arm-none-eabi', why: 'the firmware for Cortex-M' },
  { program: 'qemu-system-arm', debian: 'qemu-system-arm', why: 'running the Cortex-M firmware' },
  { program: 'socat', debian: 'socat', why: 'pulling the cable of a board in tests' },
  { program: 'udevadm', debian: 'udev', why: 'listing serial ports' },
  { program: 'prometheus', debian: 'prometheus', why: 'scraping the lab in tests' },
  { program: 'promtool', debian: 'prometheus', why: 'checking what it is told' },
  { program: 'mosquitto', debian: 'mosquitto', why: 'a broker in tests' },
  { program: 'chromium', debian: 'chromium', why: 'testing the page in a browser' },
]);
const parts = chosen.length > 0 ? chosen : Object.keys(steps);
// The end-to-end tests run the built lab; a test must never see an older one.
if (parts.includes('e2e') || parts.includes('unit')) ensureBuild();
for (const part of parts) {
  const commands = [...steps[part]];
  const shown = commands.map(([program, ...words]) => [program.split('/').at(-1), ...words].join(' '));
  process.stdout.write(shown.map((line) => `\n── ${part}: ${line}`).join('') + '\n');
  const began = performance.now();
  const side = commands.length > 1;
  let failed = false;
  const work = async () => {
    for (let command = commands.shift(); command; command = commands.shift()) {
      if (!(await run(command, side))) failed = true;
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  if (failed) {
    process.stdout.write(`\n${part} failed.\n`);
    process.exit(1);
  }
  process.stdout.write(`${((performance.now() - began) / 1000).toFixed(0)} s\n`);
}
process.stdout.write(`\nAll of ${parts.join(', ')} passed.\n`);

/**
 * @param side others run beside it: what it says is shown in one piece, once it has ended
 * @returns whether it passed
 */
async function run([program, ...words], side) {
  const child = spawn(program, words, { cwd: root, stdio: side ? ['ignore', 'pipe', 'pipe'] : 'inherit' });
  let said = '';
  child.stdout?.on('data', (bytes) => (said += bytes));
  child.stderr?.on('data', (bytes) => (said += bytes));
  const [code] = await once(child, 'close');
  process.stdout.write(said);
  return code === 0;
}

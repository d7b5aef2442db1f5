/**
 * `node test/busy.mjs COMMAND…`: runs the command with two busy loops a core beside it and ends with its exit code.
 * What passes alone must pass so too: `node test/busy.mjs npm test`.
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

const [program, ...words] = process.argv.slice(2);
if (program === undefined) {
  process.stderr.write('Which command? As in: node test/busy.mjs npm test\n');
  process.exit(2);
}
// A loop ends by itself when this process is gone, however it went.
const loop = 'const parent = process.ppid; while (process.ppid === parent);';
const loops = Array.from({ length: 2 * availableParallelism() }, () =>
  spawn(process.execPath, ['-e', loop], { stdio: 'ignore' }),
);
const command = spawn(program, words, { stdio: 'inherit' });
command.once('error', ({ message }) => process.stderr.write(`${program} does not start: ${message}\n`));
command.once('close', (code) => {
  for (const one of loops) one.kill();
  process.exitCode = code ?? 1;
});

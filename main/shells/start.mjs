/** `npm start`: the lab in its Electron window, or where Electron's runtime is not to be had, in a browser. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuild, ensurePackages, root } from './setup.mjs';

ensurePackages();
ensureBuild();

const electron = join(root, 'node_modules', 'electron');

/** The runtime's executable, as the package names it; null where it has not been downloaded. */
function runtime() {
  const name = join(electron, 'path.txt');
  if (!existsSync(name)) return null;
  const path = join(electron, 'dist', readFileSync(name, 'utf8').trim());
  return existsSync(path) ? path : null;
}

function fetchRuntime() {
  const tried = spawnSync(process.execPath, [join(electron, 'install.js')], {
    cwd: root,
    stdio: 'ignore',
    timeout: 180_000,
  });
  return tried.status === 0 ? runtime() : null;
}

const linux = process.platform === 'linux';
/** Why there can be no window, whatever is installed. */
const obstacles = [
  ...(linux && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY ? ['there is no display'] : []),
  // Without its sandbox, which does not start for root, there shall be no window.
  ...(linux && process.getuid?.() === 0 ? ['Chromium’s sandbox does not start for root'] : []),
];
const possible = obstacles.length === 0;
const found = runtime() ?? (possible ? fetchRuntime() : null);
const window = possible ? found : null;
if (!found) obstacles.unshift(`Electron’s runtime is not here${possible ? ' and could not be fetched' : ''}`);
if (!window) process.stdout.write(`No window (${obstacles.join('; ')}): the lab opens in a browser.\n`);

const words = process.argv.slice(2);
const lab = window
  ? spawn(window, [root, ...words], { stdio: 'inherit' })
  : spawn(process.execPath, [join(root, 'out', 'main', 'cli.js'), 'serve', '--open', ...words], {
      stdio: 'inherit',
    });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => lab.kill(signal));
// SIGTERM to npm ends the shell between npm and this program and comes no further.
if (process.env.npm_lifecycle_event === 'start') {
  const parent = process.ppid;
  setInterval(() => process.ppid === parent || lab.kill('SIGTERM'), 1000).unref();
}
lab.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));

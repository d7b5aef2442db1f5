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

const display = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
const window = display ? (runtime() ?? fetchRuntime()) : null;
if (!display) process.stdout.write('There is no display for a window, so the lab is served to a browser.\n');
else if (!window) {
  process.stdout.write(
    "Electron's runtime is not here and could not be fetched, so the lab opens in a browser.\n",
  );
}

const words = process.argv.slice(2);
const lab = window
  ? spawn(window, [root, ...words], { stdio: 'inherit' })
  : spawn(process.execPath, [join(root, 'out', 'main', 'cli.js'), 'serve', '--open', ...words], {
      stdio: 'inherit',
    });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => lab.kill(signal));
lab.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));

/** What must be there before anything runs: packages and a build. Plain JavaScript on Node alone: nothing is installed yet. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const stamp = join(root, 'node_modules', '.curlew-lock');
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/** Ends the program with one sentence. @returns {never} */
export function stop(sentence) {
  process.stderr.write(`curlew: ${sentence}\n`);
  process.exit(1);
}

/** `npm ci` when the packages are not those of the lock file. */
export function ensurePackages() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    stop(`Node.js ${process.versions.node} is too old: install 20.19 or newer.`);
  }
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  process.stderr.write('Installing packages (npm ci) …\n');
  const done = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (done.status !== 0) stop('“npm ci” failed; its messages are above. Is the network there?');
  writeFileSync(stamp, lock);
}

/** Builds when a source is newer than the build. */
export function ensureBuild() {
  const built = join(root, 'out', 'main', 'cli.js');
  const page = join(root, 'out', 'renderer', 'index.html');
  const age = Math.min(...[built, page].map((path) => (existsSync(path) ? statSync(path).mtimeMs : 0)));
  const rooms = ['main', 'preload', 'renderer', 'devices', 'models'];
  if (
    age >
    Math.max(
      ...rooms.map((room) => newest(join(root, room))),
      statSync(join(root, 'package-lock.json')).mtimeMs,
    )
  )
    return;
  process.stderr.write('Building …\n');
  const done = spawnSync(
    process.execPath,
    [join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js'), 'build'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  if (done.status !== 0) stop(`The build failed.\n${done.stdout}${done.stderr}`);
}

function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !/\.(ts|vue|html|css|svg|json|wasm)$/.test(entry.name)) continue;
    latest = Math.max(latest, statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs);
  }
  return latest;
}

/**
 * Installs Debian packages when this user may; else says exactly what to install and why.
 * @param {{program?: string, file?: string, debian: string, why: string}[]} needs programs wanted, or files where a package
 *   brings no program, the package of each, and its purpose
 */
export function ensurePrograms(needs) {
  const missing = needs.filter((one) => !isThere(one));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map(({ debian }) => debian))];
  const install = ['install', '--yes', '--no-install-recommends', ...packages];
  const mayInstall = process.platform === 'linux' && process.getuid?.() === 0 && onPath('apt-get');
  if (mayInstall) {
    process.stderr.write(`Installing ${packages.join(', ')} (apt-get) …\n`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('apt-get', ['update', '--quiet=2'], { stdio: ['ignore', 2, 2], env });
    spawnSync('apt-get', ['--quiet=2', ...install], { stdio: ['ignore', 'ignore', 2], env });
  }
  const still = missing.filter((one) => !isThere(one));
  if (still.length === 0) return;
  const list = still.map(({ debian, why }) => `  ${debian}: ${why}`).join('\n');
  stop(`These packages are needed:\n${list}\nInstall them with: sudo apt-get ${install.join(' ')}`);
}

const isThere = ({ program, file }) => (file ? existsSync(file) : onPath(program));

export const onPath = (program) =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .some((folder) => folder !== '' && existsSync(join(folder, program)));

/**
 * `npm run package`: an installer for this system, from the build. `--dry-run` stops where Electron's runtime would be fetched:
 * it checks the configuration and packs all else, with an empty file in the runtime's place.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuild, root, stop } from '../../setup.mjs';

const words = process.argv.slice(2);
const unknown = words.find((word) => word !== '--dry-run');
if (unknown !== undefined) stop(`There is no ${unknown}: npm run package [-- --dry-run].`);
const dry = words.length > 0;

const builder = join(root, 'node_modules', 'electron-builder', 'cli.js');
if (!existsSync(builder)) stop('The packages are not there yet: run “npm ci” first.');
ensureBuild();
const { version } = JSON.parse(readFileSync(join(root, 'node_modules', 'electron', 'package.json'), 'utf8'));

if (dry) {
  const standIn = emptyRuntime();
  try {
    run(['--dir', `--config.electronDist=${standIn}`]);
  } finally {
    rmSync(standIn, { recursive: true });
  }
  process.stdout.write(
    `The configuration is sound and everything but Electron’s runtime is packed, under build/package. Nothing there starts: the runtime ${version} is what this dry run does not fetch. Without --dry-run it is fetched, and an installer made.\n`,
  );
} else {
  run([]);
  process.stdout.write('The installer lies in build/package.\n');
}

function run(more) {
  const config = join('main', 'shells', 'electron', 'package', 'electron-builder.config.mjs');
  const done = spawnSync(process.execPath, [builder, '--publish=never', `--config=${config}`, ...more], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (done.status === 0) return;
  const said = `${done.stdout}${done.stderr}`;
  if (/electron-v[\d.]+.*zip|cannot resolve|ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN/.test(said))
    stop(
      `Electron’s runtime ${version} could not be fetched, and there is no installer without it. Try again where GitHub is reached, or check all else with “npm run package -- --dry-run”.`,
    );
  stop(`electron-builder failed:\n${said}`);
}

/** A folder that looks like the runtime's, for electron-builder to copy. @returns its path */
function emptyRuntime() {
  const folder = mkdtempSync(join(tmpdir(), 'curlew-runtime-'));
  mkdirSync(join(folder, 'resources'));
  const names = ['electron', 'electron.exe', 'LICENSE', 'LICENSES.chromium.html'];
  for (const name of names) writeFileSync(join(folder, name), '');
  writeFileSync(join(folder, 'version'), version);
  chmodSync(join(folder, 'electron'), 0o755);
  return folder;
}

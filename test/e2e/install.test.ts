/** The lab as `npm install -g` brings it: from the package alone, on a machine with Node and no compiler. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, realpath, symlink } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resources, versionOf } from '../../main/resources.ts';
import { removeFolder, temporaryFolder } from './lab-process.ts';

const run = promisify(execFile);
let folder: string;
const at = (...parts: string[]): string => join(folder, ...parts);
const installed = (...parts: string[]): string => at('prefix', 'lib', 'node_modules', 'curlew', ...parts);
/** Nothing is found but Node and a shell: what would be compiled fails. */
const bare = (): NodeJS.ProcessEnv => ({ PATH: at('bin'), HOME: at('home') });
const curlew = (...words: string[]) => run(at('prefix', 'bin', 'curlew'), words, { env: bare() });

async function programOf(name: string): Promise<string> {
  for (const path of (process.env['PATH'] ?? '').split(delimiter)) {
    const found = await realpath(join(path, name)).catch(() => null);
    if (found) return found;
  }
  throw new Error(`There is no ${name} on the path.`);
}

beforeAll(async () => {
  folder = await temporaryFolder();
  await mkdir(at('bin'));
  await mkdir(at('home'));
  for (const name of ['node', 'sh']) await symlink(await programOf(name), at('bin', name));
  // Without its scripts, as the build is there and other tests use it.
  const packed = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: resources.root,
  });
  const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
  const options = ['--global', '--prefix', at('prefix'), '--prefer-offline', '--no-audit', '--no-fund'];
  const npm = await programOf('npm');
  await run(process.execPath, [npm, 'install', ...options, at(filename)], {
    env: { ...process.env, PATH: at('bin') },
  });
});
afterAll(() => removeFolder(folder));

test('the package brings the command line, which says its version', async () => {
  expect((await curlew('--version')).stdout.trim()).toBe(`curlew ${versionOf(resources.root)}`);
});

test('it classifies recordings with the bank that it brings, as the clone does', async () => {
  const clips = installed('models', 'bank', 'clips');
  const csv = at('found.csv');
  const { stdout } = await curlew('classify', clips, '--csv', csv);
  expect(stdout).toMatch(/10 files, 90 windows/);
  const here = at('here.csv');
  const cli = join(resources.root, 'out', 'main', 'cli.js');
  await run(process.execPath, [cli, 'classify', clips, '--csv', here, '--data', at('other')]);
  expect(await readFile(csv, 'utf8')).toBe(await readFile(here, 'utf8'));
});

test('it serves the page', async () => {
  const child = spawn(at('prefix', 'bin', 'curlew'), ['serve', '--json', '--data', at('served')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: bare(),
  });
  try {
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const { link } = JSON.parse(line) as { link: string };
    const page = await fetch(link.replace(/#.*/, ''));
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<title>Curlew')]);
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
});

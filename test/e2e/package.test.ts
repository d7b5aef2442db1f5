/** What `npm run package` packs, up to the runtime that a machine without the network cannot fetch. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { extractAll, listPackage } from '@electron/asar';
import { beforeAll, afterAll, expect, test } from 'vitest';
import { resources, versionOf } from '../../main/resources.ts';
import { removeFolder, temporaryFolder } from './lab-process.ts';

const run = promisify(execFile);
const program = join(resources.root, 'main', 'shells', 'electron', 'package', 'package.mjs');
const packed = join(resources.root, 'build', 'package', 'linux-unpacked', 'resources');
const archive = join(packed, 'app.asar');
let said: string;
let folder: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  said = (await run(process.execPath, [program, '--dry-run'])).stdout;
});
afterAll(() => removeFolder(folder));

test('a dry run says that all but the runtime is packed, and that nothing of it starts', () => {
  expect(said).toMatch(/packed, under build\/package\. Nothing there starts: the runtime \d+\.\d+\.\d+/);
});

test('the archive holds the build and what it reads, no source and no test; native parts lie outside', () => {
  const files = listPackage(archive, { isPack: false });
  const own = files.filter((name) => !name.startsWith('/node_modules'));
  for (const name of ['/out/main/electron.js', '/out/preload/index.cjs', '/out/renderer/index.html'])
    expect(own).toContain(name);
  for (const name of ['/models/bank/manifest.json', '/devices/engine/engine.wasm'])
    expect(own).toContain(name);
  expect(own.filter((name) => /\.(ts|vue|c|h)$|^\/test/.test(name))).toEqual([]);
  expect(files.filter((name) => /^\/node_modules\/(electron|vitest|electron-builder)\//.test(name))).toEqual(
    [],
  );
  const native = files.filter((name) => name.endsWith('.node'));
  expect(native.length).toBeGreaterThan(2);
});

test('what is packed is the lab: unpacked, its command line classifies with the bank that it brings', async () => {
  extractAll(archive, folder);
  const cli = join(folder, 'out', 'main', 'cli.js');
  const version = await run(process.execPath, [cli, '--version']);
  expect(version.stdout.trim()).toBe(`curlew ${versionOf(resources.root)}`);
  const clip = join(folder, 'models', 'bank', 'clips', 'dog.ogg');
  const { stdout } = await run(process.execPath, [cli, 'classify', clip, '--data', join(folder, 'data')]);
  expect(stdout).toMatch(/1 file, 9 windows/);
});

test('serial rules for Linux lie beside it, below the number of the file that reads their tag', async () => {
  const rules = await readFile(join(packed, '70-curlew-serial.rules'), 'utf8');
  expect(rules).toMatch(/KERNEL=="ttyACM\[0-9\]\*", TAG\+="uaccess"/);
});

test('a word that it does not know is refused', async () => {
  await expect(run(process.execPath, [program, '--everything'])).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('There is no --everything'),
  });
});

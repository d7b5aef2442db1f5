/** The firmware of emulated boards, where it can be built and where it cannot. */
import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { machineFirmware } from '../../devices/boards/qemu/firmware.ts';
import { resources } from '../../main/resources.ts';

let repository: string;

beforeEach(async () => {
  repository = await mkdtemp(join(tmpdir(), 'curlew-firmware-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(repository, { recursive: true, force: true });
});

/** A PATH of these programs alone. */
async function only(...programs: string[]): Promise<void> {
  const folder = join(repository, 'bin');
  await mkdir(folder);
  for (const name of programs) {
    const path = execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
    await symlink(path, join(folder, name));
  }
  vi.stubEnv('PATH', folder);
}

const packages = expect.stringMatching(/install Debian’s packages make, gcc-arm-none-eabi and/) as string;

test('without the compiler it names the packages to install', async () => {
  await cp(join(resources.root, 'devices', 'firmware'), join(repository, 'devices', 'firmware'), {
    recursive: true,
  });
  await only('make', 'sh', 'mkdir');
  await expect(machineFirmware(repository, 'mps2-an386')).rejects.toMatchObject({
    code: 'EMULATOR_MISSING',
    message: packages,
  });
});

test('without make it names the packages to install', async () => {
  await only();
  await expect(machineFirmware(repository, 'mps2-an386')).rejects.toMatchObject({
    code: 'EMULATOR_MISSING',
    message: packages,
  });
});

test('a build that fails says what the compiler said', async () => {
  const sources = join(repository, 'devices', 'firmware');
  await mkdir(sources, { recursive: true });
  const rule =
    '../../build/firmware/mps2-an386.elf:\n\t@echo "core.c:7: error: expected a semicolon" >&2; exit 1\n';
  await writeFile(join(sources, 'Makefile'), rule);
  await expect(machineFirmware(repository, 'mps2-an386')).rejects.toMatchObject({
    code: 'EMULATOR_MISSING',
    message: 'The firmware of mps2-an386 could not be built: core.c:7: error: expected a semicolon',
  });
});

test('a folder without the firmware’s sources is told as make tells it', async () => {
  await expect(machineFirmware(repository, 'mps2-an386')).rejects.toMatchObject({
    code: 'EMULATOR_MISSING',
    message: expect.stringContaining('No such file or directory') as string,
  });
});

test('a cancelled build ends', async () => {
  const sources = join(repository, 'devices', 'firmware');
  await mkdir(sources, { recursive: true });
  await writeFile(join(sources, 'Makefile'), '../../build/firmware/mps2-an386.elf:\n\t@sleep 600\n');
  const stop = new AbortController();
  const built = machineFirmware(repository, 'mps2-an386', stop.signal);
  stop.abort();
  await expect(built).rejects.toMatchObject({ code: 'ABORTED' });
});

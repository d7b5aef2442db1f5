/** An emulated board in the built lab: made there, its firmware built if need be, and its flash kept whatever ends it. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ended, removeFolder, startLab, temporaryFolder, until, type LabProcess } from './lab-process.ts';

let folder: string;
let lab: LabProcess;

beforeEach(async () => {
  folder = await temporaryFolder();
  lab = await startLab(folder);
});
afterEach(async () => {
  await lab.stop();
  await removeFolder(folder);
});

const boardAt = async (portId: string) =>
  (await lab.client.request('boards.list', {})).find((board) => board.portId === portId);

/** The emulator's process that keeps its flash in this file. */
async function emulatorOf(flash: string): Promise<number> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const [command = '', ...words] = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split(
      '\0',
    );
    if (command.endsWith('qemu-system-arm') && words.some((word) => word.includes(flash))) return Number(pid);
  }
  throw new Error(`No emulator keeps its flash in ${flash}.`);
}

test('an emulated board keeps its expert when it is detached, when its emulator is killed and when the lab starts anew, and leaves no file when it is forgotten', async () => {
  const made = await lab.client.request('boards.addQemu', { machine: 'mps2-an386' });
  expect(made).toMatchObject({ state: 'attached', portKind: 'qemu', simulated: true });
  const { id: boardId, portId } = made;
  const name = portId.replace('qemu:', '');
  const [expert] = await lab.client.request('experts.list', {});
  const job = await lab.client.request('deploy.start', { boardId, expertId: expert?.id ?? '' });
  expect((await ended(lab.client, job)).error).toBeNull();
  const active = (await boardAt(portId))?.activeExpert;
  expect(active).toBeTruthy();
  const there = { id: boardId, state: 'attached', activeExpert: active };

  await lab.client.request('boards.detach', { boardId });
  expect(await lab.client.request('boards.attach', { portId })).toMatchObject(there);

  process.kill(await emulatorOf(`${name}.flash`), 'SIGKILL');
  await until(async () => (await boardAt(portId))?.state === 'absent');
  expect(await lab.client.request('boards.attach', { portId })).toMatchObject(there);

  await lab.stop();
  lab = await startLab(folder);
  await until(async () => (await boardAt(portId))?.state === 'attached');
  expect(await boardAt(portId)).toMatchObject(there);

  await lab.client.request('boards.forget', { boardId });
  const left = (await readdir(join(folder, 'boards'))).filter((file) => file.startsWith(name));
  expect(left).toEqual([]);
});

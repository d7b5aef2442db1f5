/** What fails unforeseen, in a lab with real firmware and in a process of its own: a board at most, never the lab. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectLab } from '../../main/contract/connect.ts';
import { reportFault } from '../../main/contract/fault.ts';
import type { Board, Job } from '../../main/contract/types.ts';
import { openLab } from '../../main/lab.ts';
import { resources } from '../../main/resources.ts';
import { localTransport } from '../../main/shells/local-transport.ts';
import { openStore } from '../../main/store/open-store.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'curlew-faults-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function labIn(name: string) {
  const dataFolder = join(root, name);
  const lab = await openLab({ dataFolder, shell: 'test', roots: [root] });
  const client = connectLab(localTransport(lab));
  const boards = (): Promise<Board[]> => client.request('boards.list', {});
  return { dataFolder, lab, client, boards };
}

describe('a virtual board whose flash file cannot be written', () => {
  test('is shown as failed with the reason until it can be saved; the lab and its other boards go on', async () => {
    const { dataFolder, lab, client, boards } = await labIn('flash');
    await client.request('boards.addVirtual', {});
    // A folder where the file is to be written refuses it to anyone, as a full disk does.
    const inTheWay = join(dataFolder, 'boards', 'virtual-1.flash.new');
    mkdirSync(inTheWay);
    const [first, second] = (await boards()) as [Board, Board];
    const { id } = await client.request('deploy.start', {
      boardId: first.id,
      expertId: (await client.request('experts.list', {}))[0]!.id,
    });
    await expect
      .poll(async () => (await boards()).find((board) => board.portId === first.portId))
      .toMatchObject({ state: 'failed', message: expect.stringContaining('could not be saved') as string });
    await expect
      .poll(async () => (await client.request('jobs.list', {})).find((job: Job) => job.id === id)?.state)
      .toBe('failed');
    await client.request('slots.list', { boardId: second.id });
    await expect(client.request('boards.attach', { portId: first.portId })).rejects.toMatchObject({
      code: 'PORT_FAILED',
    });
    await rm(inTheWay, { recursive: true });
    await expect
      .poll(async () => (await boards()).find((board) => board.portId === first.portId))
      .toMatchObject({ state: 'attached' });
    await lab.close();
    expect(readdirSync(join(dataFolder, 'boards')).filter((name) => name.endsWith('.new'))).toEqual([]);
    expect(existsSync(join(dataFolder, 'faults.log'))).toBe(false);
  });

  test('does not keep the lab from closing, nor its files from opening again', async () => {
    const { dataFolder, lab, client, boards } = await labIn('flash');
    mkdirSync(join(dataFolder, 'boards', 'virtual-1.flash.new'));
    const [board] = (await boards()) as [Board];
    await client.request('slots.erase', { boardId: board.id, slot: 0 }).catch(() => undefined);
    await lab.close();
    await (await openStore(join(dataFolder, 'lab.duckdb'))).close();
  });
});

describe('a fault', () => {
  test('is written with its stack, logged and told to every page, though one of them fails at it', async () => {
    const { dataFolder, lab, client } = await labIn('told');
    lab.subscribe(() => {
      throw new Error('this page is broken');
    });
    const told = new Promise((resolve) => client.on('fault', resolve));
    reportFault(new RangeError('a timer of ours'), 'virtual:virtual-1');
    expect(await told).toEqual({
      ending: false,
      text: expect.stringContaining('virtual:virtual-1: a timer of ours') as string,
    });
    expect(await client.request('lab.log', { limit: 100 })).toContainEqual(
      expect.objectContaining({ level: 'error', subject: 'virtual:virtual-1' }),
    );
    const written = readFileSync(join(dataFolder, 'faults.log'), 'utf8');
    expect(written).toContain('RangeError: a timer of ours');
    expect(written).toContain('this page is broken');
    await lab.close();
  });
});

describe('an exception that nothing caught', () => {
  test('ends the process with a failure of its own, its stack kept and its store closed', async () => {
    const dataFolder = join(root, 'ended');
    const script = join(root, 'ended.mts');
    const from = (file: string) => JSON.stringify(join(resources.root, 'main', file));
    await writeFile(
      script,
      `import { closeLabs, openLab } from ${from('lab.ts')};
       import { guardProcess } from ${from('shells/guard-process.ts')};
       guardProcess(process, {
         close: closeLabs,
         end(sentence, code) { console.error(sentence); process.exit(code); },
       });
       await openLab({ dataFolder: ${JSON.stringify(dataFolder)}, shell: 'test', roots: [] });
       void Promise.reject(new Error('a forgotten promise'));
       setTimeout(() => { throw new RangeError('a timer of ours'); }, 50);`,
    );
    const child = spawn(process.execPath, ['--import', 'tsx', script], {
      cwd: resources.root,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()));
    const [code] = (await once(child, 'close')) as [number];
    expect([code, said]).toEqual([70, expect.stringContaining('a timer of ours')]);
    const written = readFileSync(join(dataFolder, 'faults.log'), 'utf8');
    expect(written).toContain('RangeError: a timer of ours');
    expect(written).toContain('Error: a forgotten promise');
    expect(existsSync(join(dataFolder, 'lab.duckdb.wal'))).toBe(false);
    await (await openStore(join(dataFolder, 'lab.duckdb'))).close();
  });
});

/** `curlew …` as a person types it, on the built lab. */
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type {
  BatteryDays,
  Board,
  Cell,
  ClassifiedFile,
  ClassTimeline,
  DeployResult,
  Played,
  Series,
  SigningKey,
  TelemetrySummary,
  WindowResult,
} from '../../main/contract/types.ts';
import { resources } from '../../main/resources.ts';
import { curlew, removeFolder, startLab, temporaryFolder } from './lab-process.ts';

const clips = join(resources.bank, 'clips');
let folder: string;
beforeAll(async () => void (folder = await temporaryFolder()));
afterAll(() => removeFolder(folder));

async function json<T>(...words: string[]): Promise<T> {
  const { code, stdout } = await curlew(...words, '--json', '--data', folder);
  expect(code).toBe(0);
  return JSON.parse(stdout) as T;
}

describe('the command line', () => {
  test('shows one virtual board, deploys to it, and the board keeps the expert', async () => {
    const first = await json<{ boards: Board[] }>('boards');
    expect(first.boards).toHaveLength(1);
    expect(first.boards[0]).toMatchObject({
      state: 'attached',
      simulated: true,
      framing: 'binary',
      activeExpert: null,
    });
    const deployed = await json<DeployResult>('deploy');
    expect(deployed).toMatchObject({ activated: true });
    const again = await json<{ boards: Board[] }>('boards');
    expect(again.boards[0]?.activeExpert?.bits).toBe(4);
  });

  test('plays a file at the board and tells its telemetry', async () => {
    const { recordings } = await json<{ recordings: { played: Played; windows: WindowResult[] }[] }>(
      'infer',
      join(clips, 'dog.ogg'),
    );
    const [{ played, windows }] = recordings as [(typeof recordings)[0]];
    expect(windows.length).toBeGreaterThan(5);
    expect(played).toMatchObject({ windows: windows.length, bank: { experts: [{ name: 'ESC-10 4-bit' }] } });
    for (const window of windows) {
      expect(window).toMatchObject({ latencySource: 'modelled', energySource: 'modelled' });
      expect(window.logits).toHaveLength(10);
    }
    const { summary } = await json<{ summary: TelemetrySummary }>('telemetry');
    expect(summary).toMatchObject({ records: windows.length, missing: 0, latencySource: 'modelled' });
  });

  test('tells a figure and the classes of a board over time, as a table too', async () => {
    const [board] = (await json<{ boards: Board[] }>('boards')).boards as [Board];
    const { summary } = await json<{ summary: TelemetrySummary }>('telemetry');
    const series = await json<Series>('telemetry', 'series', board.id, 'latency_us');
    expect(series.lines.map(({ source }) => source)).toEqual(['modelled']);
    const buckets = series.lines[0]!.buckets;
    expect(buckets.reduce((sum, { records }) => sum + records, 0)).toBe(summary.records);
    for (const { min, mean, max } of buckets)
      expect([min, mean, max]).toEqual([min, mean, max].sort((x, y) => x - y));
    const heard = await json<ClassTimeline>('telemetry', 'series', board.id, 'classes');
    expect(heard.classes.reduce((sum, { records }) => sum + records, 0)).toBe(summary.records);
    const file = join(folder, 'latency.csv');
    const words = ['telemetry', 'series', board.id, 'latency_us', '--csv', file, '--data', folder];
    expect(await curlew(...words)).toMatchObject({ code: 0, stdout: expect.stringContaining(file) });
    expect((await readFile(file, 'utf8')).split('\r\n')).toHaveLength(buckets.length + 2);
    expect(await curlew(...words)).toMatchObject({ code: 1, stderr: expect.stringContaining(file) });
    const unknown = await curlew('telemetry', 'series', board.id, 'loudness', '--data', folder);
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('noise_floor_db') });
  });

  test('tells how many days a battery lasts, and more of a larger one', async () => {
    type Told = { boardId: string; battery: (BatteryDays & { cell: Cell }) | null }[];
    const [alkaline] = (await json<Told>('fleet', 'battery')) as [Told[0]];
    expect(alkaline.battery).toMatchObject({ energySource: 'modelled', cell: { name: '3 × AA alkaline' } });
    expect(alkaline.battery!.days).toBeGreaterThan(1);
    await json('fleet', 'battery', 'cell=3 × D alkaline', alkaline.boardId);
    const [large] = (await json<Told>('fleet', 'battery', alkaline.boardId)) as [Told[0]];
    expect(large.battery!.days).toBeGreaterThan(alkaline.battery!.days);
    const unknown = await curlew('fleet', 'battery', 'cell=tin', alkaline.boardId, '--data', folder);
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('18650 Li-ion') });
  });

  test('makes a key, shows and exports it, says where it lies, and deletes it', async () => {
    const made = await json<SigningKey>('key', 'create', 'Station');
    expect(made).toMatchObject({ name: 'Station', id: expect.stringMatching(/^[0-9a-f]{16}$/) });
    expect(await json<SigningKey[]>('key', 'list')).toEqual([made]);
    const { text } = await json<{ text: string }>('key', 'export', made.id);
    expect(text).toContain('BEGIN PUBLIC KEY');
    expect(await json<SigningKey[]>('key', 'delete', made.id)).toEqual([]);
    const again = await curlew('key', 'delete', made.id, '--data', folder);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining(`no key ${made.id}`) });
  });

  test('classifies a folder and writes tables', async () => {
    const raven = join(folder, 'out.txt');
    const { files } = await json<{ files: ClassifiedFile[] }>('classify', clips, '--raven', raven);
    expect(files).toHaveLength(10);
    expect((await readFile(raven, 'utf8')).split('\n')[0]).toContain('Begin Time (s)');
  });

  test('says in one sentence what is wrong, with exit code 1, or 2 for words that are not understood', async () => {
    const text = join(folder, 'notes.wav');
    await writeFile(text, 'this is no sound');
    await writeFile(join(folder, 'empty.wav'), '');
    const codes: [string[], string][] = [
      [['infer', text], 'FILE_NOT_AUDIO'],
      [['infer', join(folder, 'empty.wav')], 'FILE_EMPTY'],
      [['infer', join(folder, 'nothing.wav')], 'FILE_NOT_FOUND'],
      [['infer'], 'REQUEST_INVALID'],
      [['deploy', '--image', text], 'IMAGE_BAD'],
      [['deploy', '--expert', 'none'], 'EXPERT_NOT_FOUND'],
      [['telemetry', '--board', 'x'], 'BOARD_NOT_FOUND'],
      [['boards', '--port', '/dev/nothing-here'], 'PORT_NOT_FOUND'],
      [['fly'], 'REQUEST_UNKNOWN'],
      [['boards', '--wings'], 'REQUEST_INVALID'],
    ];
    for (const [words, wanted] of codes) {
      const { code, stdout } = await curlew(...words, '--json', '--data', folder);
      expect([words, (JSON.parse(stdout) as { error: { code: string } }).error.code]).toEqual([
        words,
        wanted,
      ]);
      expect(code).toBe(wanted.startsWith('REQUEST_') ? 2 : 1);
    }
  });

  test('uses the lab that runs already, and its own when that one is gone', async () => {
    const lab = await startLab(folder);
    const [board] = await lab.client.request('boards.list', {});
    const listed = await json<{ boards: Board[] }>('boards');
    expect(listed.boards.map((one) => one.bootId)).toEqual([board?.bootId]);
    // A path that a page of that lab may not open; who types it here may read it anyway.
    const elsewhere = join(folder, 'elsewhere.ogg');
    await copyFile(join(clips, 'rain.ogg'), elsewhere);
    const forPages = lab.client.request('recordings.inspect', { path: elsewhere });
    await expect(forPages).rejects.toMatchObject({ code: 'PATH_NOT_ALLOWED' });
    const { files } = await json<{ files: ClassifiedFile[] }>('classify', elsewhere);
    expect(files).toHaveLength(1);
    await lab.stop('SIGKILL');
    expect((await json<{ boards: Board[] }>('boards')).boards).toHaveLength(1);
  });
});

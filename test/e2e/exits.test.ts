/** What `curlew …` writes, what it leaves alone, and what it ends with, on the built lab. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ClassifiedFile, ClassifyResult, Job } from '../../main/contract/types.ts';
import { noise, wavBytes } from '../../main/recordings/testing.ts';
import { resources } from '../../main/resources.ts';
import { curlew, removeFolder, startCurlew, temporaryFolder, until, type CurlewRun } from './lab-process.ts';

let folder: string;
let data: string[];
const at = (name: string): string => join(folder, name);
const text = (name: string): Promise<string> => readFile(at(name), 'utf8');
const dog = join(resources.bank, 'clips', 'dog.ogg');

beforeAll(async () => {
  folder = await temporaryFolder();
  data = ['--data', at('data')];
  await mkdir(at('card'));
  for (const name of ['a.wav', 'b.wav']) await writeFile(at(`card/${name}`), wavBytes([noise(20_000)]));
});
afterAll(() => removeFolder(folder));

const jobs = async (): Promise<Job[]> =>
  JSON.parse((await curlew('jobs', '--json', ...data)).stdout) as Job[];

describe('what a command writes', () => {
  test('is never a recording, though it stands where a table’s name was meant', async () => {
    const before = await readFile(at('card/a.wav'));
    const run = await curlew('classify', '--csv', at('card/a.wav'), at('card/b.wav'), ...data);
    expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining('a.wav is never written over') });
    const again = await curlew(
      'classify',
      '--overwrite',
      '--raven',
      at('card/b.wav'),
      at('card/b.wav'),
      ...data,
    );
    expect(again.code).toBe(1);
    expect(await readFile(at('card/a.wav'))).toEqual(before);
  });

  test('is no file that is there, and lies in a folder that is, or nothing is begun', async () => {
    await writeFile(at('old.csv'), 'old');
    const places = [at('old.csv'), at('missing/new.csv'), folder, at('data/lab.duckdb')];
    for (const place of places) {
      const run = await curlew('classify', at('card'), '--csv', place, ...data);
      expect([place, run.code]).toEqual([place, 1]);
    }
    const report = await curlew('evaluate', at('card'), '--out', at('missing/report'), ...data);
    expect(report).toMatchObject({ code: 1, stderr: expect.stringContaining('there is no folder') });
    expect(await jobs()).toEqual([]);
    expect(await text('old.csv')).toBe('old');
  });

  test('replaces a file where --overwrite says so', async () => {
    const run = await curlew('classify', dog, '--csv', at('old.csv'), '--overwrite', ...data);
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining(`Written: ${at('old.csv')}`) });
    expect(await text('old.csv')).toContain('File,Start (s)');
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});

describe('what a command ends with', () => {
  test('tells whether all of the recordings, some or none could be used; a damaged one is not left out', async () => {
    const flac = await readFile(join(resources.root, 'test', 'fixtures', 'audio', 'mono-16k.flac'));
    await mkdir(at('mixed'));
    await writeFile(at('mixed/cut.flac'), flac.subarray(0, flac.length - 900));
    await writeFile(at('mixed/notes.wav'), 'Rain until noon.');
    const table = ['--csv', at('mixed.csv'), ...data];
    const some = await curlew('classify', at('mixed'), '--json', ...table);
    expect(some.code).toBe(3);
    const { result, files } = JSON.parse(some.stdout) as { result: ClassifyResult; files: ClassifiedFile[] };
    expect(result).toMatchObject({ files: 1, failed: 1 });
    expect(files).toMatchObject([
      {
        path: at('mixed/cut.flac'),
        state: 'classified',
        notes: [{ level: 'damaged', text: expect.stringContaining('cut.flac') }],
      },
      { path: at('mixed/notes.wav'), state: 'failed' },
    ]);
    expect((await text('mixed.csv')).split('\r\n')[1]).toContain(files[0]!.notes[0]!.text);

    const shown = await curlew('classify', at('mixed'), ...data);
    expect(shown.stdout).toContain(`classified in part: ${at('mixed/cut.flac')}`);
    expect(shown.stdout).not.toContain(`not classified: ${at('mixed/cut.flac')}`);

    const none = await curlew('classify', at('mixed/notes.wav'), ...data);
    expect(none.code).toBe(4);
  });

  test('is 2 for words that nobody can mean, and nothing is begun', async () => {
    const before = (await jobs()).length;
    for (const words of [
      ['classify'],
      ['classfy', dog],
      ['classify', dog, '--cvs', 'x'],
      ['boards', 'all'],
      [],
    ])
      expect([words, (await curlew(...words, ...data)).code]).toEqual([words, 2]);
    expect(await curlew('classfy', dog, ...data)).toMatchObject({
      stderr: expect.stringContaining('Did you mean “curlew classify”?'),
    });
    expect((await curlew('classify', '--help')).code).toBe(0);
    expect(await jobs()).toHaveLength(before);
  });
});

/** Resolves once the process has told of its progress, and says whether it did. */
async function underWay(run: CurlewRun): Promise<boolean> {
  let over = false;
  void run.ended.then(() => (over = true));
  await until(() => over || run.said().includes(' %  '));
  return !over;
}

describe('a job that is interrupted', () => {
  /** Windows close together: what takes long enough to be interrupted on a fast machine, too. */
  const slowly = ['--hop', '8'];
  // It is taken up again, and must not be over by then.
  const slower = ['--hop', '2'];
  const long = (): Promise<void> => writeFile(at('long.wav'), wavBytes([noise(16_000 * 60 * 20)]));

  test('is paused by Ctrl-C, says how to go on, shows what it has, and goes on with its tables', async () => {
    await long();
    const paths = [dog, at('long.wav')];
    const run = startCurlew('classify', ...paths, ...slowly, '--csv', at('long.csv'), '--json', ...data);
    expect(await underWay(run)).toBe(true);
    run.child.kill('SIGINT');
    const { code, stdout } = await run.ended;
    expect(code).toBe(130);
    const { error } = JSON.parse(stdout) as {
      error: { code: string; context: { jobId: string; resume: string } };
    };
    const { jobId, resume } = error.context;
    expect(error.code).toBe('ABORTED');
    expect(resume).toBe(`curlew jobs resume ${jobId} --csv ${at('long.csv')} --data ${at('data')}`);
    expect((await jobs()).find(({ id }) => id === jobId)).toMatchObject({ state: 'paused' });

    const part = await curlew('jobs', 'export', jobId, '--raven', at('part.txt'), ...data);
    expect(part).toMatchObject({ code: 3, stdout: expect.stringContaining('so far') });
    expect(await text('part.txt')).toContain('Begin Time (s)');
    const wrong = await curlew('jobs', 'resume', jobId, '--out', at('report'), ...data);
    expect(wrong.code).toBe(2);

    const resumed = await curlew(...resume.split(' ').slice(1));
    expect(resumed.code).toBe(0);
    expect(await text('long.csv')).toContain('long.wav');
    const later = await curlew('jobs', 'export', jobId, '--csv', at('later.csv'), ...data);
    expect(later.code).toBe(0);
    expect(await text('later.csv')).toBe(await text('long.csv'));
    expect((await curlew('jobs', 'export', jobId, ...data)).code).toBe(2);
  });

  test('is paused by SIGTERM, ends at once at a second signal, and can be resumed or cancelled after either', async () => {
    const run = startCurlew('classify', at('long.wav'), ...slower, ...data);
    expect(await underWay(run)).toBe(true);
    run.child.kill('SIGTERM');
    const { code, stderr } = await run.ended;
    expect(code).toBe(143);
    const [, jobId] = /To go on: curlew jobs resume (\S+) /.exec(stderr) ?? [];

    const again = startCurlew('jobs', 'resume', jobId!, ...data);
    expect(await underWay(again)).toBe(true);
    again.child.kill('SIGINT');
    again.child.kill('SIGTERM');
    expect([130, 143]).toContain((await again.ended).code);
    expect((await jobs()).find(({ id }) => id === jobId)).toMatchObject({ state: 'paused' });
    expect((await curlew('jobs', 'cancel', jobId!, ...data)).code).toBe(0);
    expect((await curlew('jobs', 'resume', jobId!, ...data)).code).toBe(1);
  });

  test('keeps the folds that an evaluation has trained', async () => {
    for (const name of ['hum', 'hiss']) {
      await mkdir(at(`sounds/${name}`), { recursive: true });
      for (let n = 0; n < 8; n++) {
        const pcm = Float32Array.from(noise(19_200, n), (value, i) =>
          name === 'hiss' ? value : 0.3 * Math.sin(i * (0.04 + 0.002 * n)),
        );
        await writeFile(at(`sounds/${name}/${n}.wav`), wavBytes([pcm]));
      }
    }
    const options = [
      '--encoder',
      'statistics',
      '--bank',
      'q2,q8',
      '--others=',
      '--on',
      'none',
      '--hidden',
      '16',
    ];
    const run = startCurlew('evaluate', at('sounds'), ...options, '--epochs', '10000', '--json', ...data);
    expect(await underWay(run)).toBe(true);
    const trained = async (): Promise<string[]> => {
      const found = await readdir(at('data/studies/jobs'), { recursive: true, withFileTypes: true });
      return found.filter((entry) => entry.isFile()).map(({ name }) => name);
    };
    await until(async () => (await trained().catch(() => [])).length > 0);
    run.child.kill('SIGINT');
    const { code, stdout } = await run.ended;
    expect(code).toBe(130);
    const { error } = JSON.parse(stdout) as { error: { context: { jobId: string } } };
    expect((await trained()).length).toBeGreaterThan(0);
    const kept = (await jobs()).find(({ id }) => id === error.context.jobId);
    expect(kept).toMatchObject({ kind: 'evaluate', state: 'paused' });
  });
});

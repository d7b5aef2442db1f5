/** `curlew jobs …` and the command line’s manners, on the built lab. */
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Job, JobHoldings } from '../../main/contract/types.ts';
import { noise, wavBytes } from '../../main/recordings/testing.ts';
import { resources, versionOf } from '../../main/resources.ts';
import {
  curlew,
  ended,
  removeFolder,
  startLab,
  temporaryFolder,
  until,
  type LabProcess,
} from './lab-process.ts';

let folder: string;
let data: string[];
let lab: LabProcess;
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await temporaryFolder();
  data = ['--data', at('data')];
  process.env['HOME'] = folder;
  await mkdir(at('card'));
  await writeFile(at('card/a.wav'), wavBytes([noise(40_000)]));
  for (const [n, name] of ['hum', 'hiss'].entries()) {
    await mkdir(at(`sounds/${name}`), { recursive: true });
    for (let take = 0; take < 8; take++)
      await writeFile(at(`sounds/${name}/${take}.wav`), wavBytes([noise(19_200, 10 * n + take)]));
  }
  lab = await startLab(at('data'));
});
afterAll(async () => {
  await lab.stop();
  await removeFolder(folder);
});

const json = async <T>(...words: string[]): Promise<T> =>
  JSON.parse((await curlew(...words, '--json', ...data)).stdout) as T;

/** Started over the lab's own socket, as a page does. */
async function classification(): Promise<Job> {
  const [expert] = await lab.client.request('experts.list', {});
  const started = await lab.client.request('classify.start', { paths: [at('card')], modelId: expert!.id });
  return ended(lab.client, started);
}

const evaluation = () =>
  lab.client.request('evaluate.start', {
    path: at('sounds'),
    encoder: 'statistics',
    bank: ['q2', 'q8'],
    others: [],
    board: 'none',
    hidden: [16],
    epochs: 10_000,
    patience: 10_000,
  });

/** Whether a job has written anything: its folder is there before the first byte of a file is. */
const hasWritten = async (jobId: string): Promise<boolean> => {
  const folder = at(`data/studies/jobs/${jobId}`);
  for (const file of await readdir(folder, { recursive: true }).catch(() => [])) {
    const about = await stat(join(folder, file)).catch(() => undefined);
    if (about?.isFile() && about.size > 0) return true;
  }
  return false;
};

const workFiles = async (jobId: string): Promise<string[]> =>
  readdir(at(`data/studies/jobs/${jobId}`), { recursive: true }).catch(() => []);

describe('jobs on the command line', () => {
  test('are listed by state, shown with what they hold, and deleted, and the page is told', async () => {
    const job = await classification();
    const listed = await curlew('jobs', 'list', '--state', 'done', ...data);
    expect(listed.stdout).toContain(job.id.slice(0, 8));
    expect(listed.stdout).not.toContain(job.id);
    expect((await json<Job[]>('jobs', 'list', '--state', 'paused,failed')).length).toBe(0);

    const shown = await json<Job & { holdings: JobHoldings }>('jobs', 'show', job.id.slice(0, 8));
    expect(shown).toMatchObject({ id: job.id, reads: [at('card')], startedMs: expect.any(Number) as number });
    expect(shown.holdings.goes[0]).toMatch(
      /^what was found in 1 recording: \d+ detections?, and what was reviewed of them$/,
    );

    const gone: string[] = [];
    lab.client.on('jobGone', ({ jobId }) => gone.push(jobId));
    const deleted = await curlew('jobs', 'delete', job.id.slice(0, 8), '--yes', ...data);
    expect(deleted).toMatchObject({ code: 0, stdout: expect.stringContaining('Stays: the recordings') });
    expect(gone).toEqual([job.id]);
    expect(await json('jobs', 'list')).toEqual([]);
    await expect(lab.client.request('classify.files', { jobId: job.id, limit: 1 })).rejects.toMatchObject({
      code: 'JOB_NOT_FOUND',
    });
    expect(await curlew('jobs', 'show', job.id, ...data)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^curlew: The lab has no job .*“curlew jobs list” shows those it has\.\n$/,
      ),
    });
  });

  test('that run are not deleted; cancelled, nothing of them is left on disk', async () => {
    const { id } = await evaluation();
    await until(() => hasWritten(id));
    const refused = await curlew('jobs', 'delete', id, ...data);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('cancel it first') });
    expect((await curlew('jobs', 'cancel', id.slice(0, 8), ...data)).code).toBe(0);
    await until(async () => (await workFiles(id)).length === 0);
    expect((await curlew('jobs', 'delete', id, '--yes', ...data)).code).toBe(0);
    expect(await readdir(at('data/studies/jobs'))).toEqual([]);
  });

  test('that were stopped with their lab lose what they held when they are cancelled in the next', async () => {
    const { id } = await evaluation();
    await until(() => hasWritten(id));
    await lab.stop('SIGKILL');
    lab = await startLab(at('data'));
    const paused = await json<Job & { holdings: JobHoldings }>('jobs', 'show', id);
    expect(paused.state).toBe('paused');
    expect(paused.holdings.bytes).toBeGreaterThan(0);
    expect((await curlew('jobs', 'cancel', id, ...data)).code).toBe(0);
    await until(async () => (await workFiles(id)).length === 0);
    expect((await curlew('jobs', 'delete', id, '--yes', ...data)).code).toBe(0);
    expect(await json('jobs', 'list')).toEqual([]);
  });
});

describe('the command line', () => {
  test('tells its version, and what a command takes', async () => {
    const version = versionOf(resources.root);
    expect(await curlew('--version')).toMatchObject({ code: 0, stdout: `curlew ${version}\n` });
    const help = await curlew('help', 'jobs', 'list');
    expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining('--state') });
    expect(help.stdout).not.toContain('--epochs');
    expect((await curlew('jobs', 'list', '--help')).stdout).toBe(help.stdout);
  });

  test.each([
    [['help', 'jbos'], 'Did you mean “curlew jobs”?'],
    [['jbos', '--help'], 'Did you mean “curlew jobs”?'],
    [['jobs', 'delte', 'x'], 'Did you mean “curlew jobs delete”?'],
    [['jobs', 'list', 'all'], '“all” is too many'],
    [['jobs', 'list', '--state', 'payused'], 'Did you mean paused?'],
    [['jobs', 'list', '--stat', 'done'], 'Did you mean --state?'],
    [['train', 'x', '--name', 'a', '--epochs', 'ten'], '--epochs takes a whole number'],
  ])('refuses %j in a sentence, before a lab is opened', async (words, hint) => {
    const run = await curlew(...words, '--data', at('never'));
    expect(run).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(hint) });
    expect(run.stderr.trim().split('\n')).toHaveLength(1);
    expect(await readdir(folder)).not.toContain('never');
  });

  test('opens no lab where the table could not be written', async () => {
    const words = ['classify', at('card'), '--csv', at('missing/x.csv'), '--data', at('never')];
    expect(await curlew(...words)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('there is no folder'),
    });
    expect(await readdir(folder)).not.toContain('never');
  });
});

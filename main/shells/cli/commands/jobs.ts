/** `curlew jobs …`: long work that this lab or an earlier one began. */
import type { LabClient } from '../../../contract/client.ts';
import { CurlewError } from '../../../contract/error.ts';
import type { Job } from '../../../contract/types.ts';
import type { Answer, Args, Commands } from '../command.ts';
import { exit } from '../exit.ts';
import { follow } from '../follow.ts';
import { table, type Row } from '../output.ts';
import { resumeWith } from '../resume.ts';
import { classified, tableOptions, tablesOf, writeTables } from './classify.ts';
import { encoderTaken, evaluated, reportOf, reportOptions, trained } from './study.ts';

const exports = [...new Set([...tableOptions, ...reportOptions])];

export const jobCommands: Commands = {
  jobs: { usage: '', about: 'what is under way, or was when a lab ended', options: [], run: list },
  'jobs resume': {
    usage: 'ID',
    about: 'goes on with one that was paused or failed',
    options: exports,
    run: resume,
  },
  'jobs export': {
    usage: 'ID',
    about: 'writes what a job found: --csv, --raven or --out',
    options: exports,
    run: write,
  },
  'jobs cancel': {
    usage: 'ID',
    about: 'ends one, and takes away what it left unfinished',
    options: [],
    run: cancel,
  },
};

async function list(client: LabClient): Promise<Answer> {
  const all = await client.request('jobs.list', {});
  const rows = all.map((one): Row => [one.id, one.kind, one.state, one.title]);
  return { text: table(['id', 'kind', 'state', 'what'], rows), json: all };
}

async function resume(client: LabClient, args: Args): Promise<Answer> {
  const { id, kind } = await jobOf(client, args);
  // The places are looked at before the work goes on.
  const { tables, report } = await outputsFor(kind, args);
  const resumed = await client.request('jobs.resume', { jobId: id });
  const job = await follow(client, resumed, resumeWith(args));
  switch (kind) {
    case 'classify':
      return classified(client, job, tables);
    case 'train':
      return trained(client, job);
    case 'evaluate':
      return evaluated(client, job, report);
    case 'encoder':
      return encoderTaken(job);
    default:
      return { text: `${job.title}: ${job.state}.`, json: job };
  }
}

/** Of an unfinished classification what was found so far. */
async function write(client: LabClient, args: Args): Promise<Answer> {
  const job = await jobOf(client, args);
  const { tables, report } = await outputsFor(job.kind, args);
  if (tables.length === 0 && report === null) {
    throw new CurlewError(
      'REQUEST_INVALID',
      'Say what to write: --csv FILE or --raven FILE of a classification, --out FOLDER of an evaluation.',
    );
  }
  if (report !== null) return evaluated(client, job, report);
  const lines = await writeTables(client, job.id, tables);
  const done = job.state === 'done';
  if (!done) lines.push(`“${job.title}” is ${job.state}: this is what it found so far.`);
  return {
    text: lines.join('\n'),
    json: { job, written: tables.map(({ output }) => output.path) },
    exit: done ? exit.done : exit.some,
  };
}

async function cancel(client: LabClient, { words }: Args): Promise<Answer> {
  const job = await client.request('jobs.cancel', { jobId: words[0]! });
  return { text: `“${job.title}” is cancelled.`, json: job };
}

/** @throws CurlewError JOB_NOT_FOUND */
async function jobOf(client: LabClient, { words }: Args): Promise<Job> {
  const job = (await client.request('jobs.list', {})).find(({ id }) => id === words[0]);
  if (job) return job;
  throw new CurlewError(
    'JOB_NOT_FOUND',
    `The lab has no job “${words[0]}”; “curlew jobs” lists those it has.`,
  );
}

/** @throws CurlewError REQUEST_INVALID for an output that this kind of job does not have; those of the outputs */
async function outputsFor(kind: Job['kind'], args: Args) {
  const { csv, raven, out } = args.options;
  if (kind !== 'classify' && (csv ?? raven) !== undefined)
    throw hasNone('--csv and --raven', 'a classification');
  if (kind !== 'evaluate' && out !== undefined) throw hasNone('--out', 'an evaluation');
  return { tables: await tablesOf(args), report: await reportOf(args) };
}

const hasNone = (option: string, kind: string): CurlewError =>
  new CurlewError('REQUEST_INVALID', `This job has no such output: ${option} is of ${kind}.`);

/** `curlew jobs …`: long work that this lab or an earlier one began. */
import type { LabClient } from '../../../contract/client.ts';
import { CurlewError, toCurlewError } from '../../../contract/error.ts';
import { dateTime, percent, span, timeLeft } from '../../../contract/figures.ts';
import type { Job, JobHoldings } from '../../../contract/types.ts';
import { jobPages } from '../../../jobs/contract.ts';
import { listed } from '../args.ts';
import type { Answer, Args, Command, Commands } from '../command.ts';
import { confirmed } from '../confirm.ts';
import { exit, exitOfShare } from '../exit.ts';
import { follow } from '../follow.ts';
import { sizeText, table, type Row } from '../output.ts';
import { resumeWith } from '../resume.ts';
import { classified } from './classify.ts';
import { compared, compareTables, placesOf } from './compare.ts';
import { tableOptions, tablesNamed, tablesOf, writeTables } from './detection-outputs.ts';
import { updated } from './fleet/update.ts';
import { answered } from './infer.ts';
import { encoderTaken, evaluated, reportOf, reportOptions, trained } from './study.ts';
import { benchmarked } from './tiny-results.ts';

const exports = [...new Set([...tableOptions, ...reportOptions])];

const list: Command = {
  usage: '',
  about: 'all jobs, newest first: under way, paused, and over',
  options: ['state'],
  run: listJobs,
};

export const jobCommands: Commands = {
  jobs: { ...list, about: 'the same as “jobs list”' },
  'jobs list': list,
  'jobs show': {
    usage: 'ID',
    about: 'what it read and wrote, how long it took, and what goes with it',
    options: [],
    run: show,
  },
  'jobs cancel': {
    usage: 'ID',
    about: 'ends one, and takes away what it left unfinished',
    options: [],
    run: cancel,
  },
  'jobs resume': {
    usage: 'ID',
    about: 'goes on with one that was paused or failed',
    options: exports,
    check: places,
    run: resume,
  },
  'jobs export': {
    usage: 'ID',
    about: 'writes what a job found: --csv, --raven, --clips and others, or --out',
    options: exports,
    check: async (args) => {
      if (tablesNamed(args).length > 0 || args.options.out !== undefined) return places(args);
      throw new CurlewError(
        'REQUEST_INVALID',
        'Say what to write: --csv FILE, --raven FILE or another form of a classification, --out FOLDER of an evaluation.',
      );
    },
    run: write,
  },
  'jobs delete': {
    usage: 'ID...',
    about: 'for good, with its results; cancel first what is not over',
    options: ['yes'],
    run: remove,
  },
};

async function listJobs(client: LabClient, { options }: Args): Promise<Answer> {
  const states = options.state === undefined ? null : listed(options.state);
  const all: Job[] = [];
  for await (const page of jobPages((asked) => client.request('jobs.list', asked))) all.push(...page);
  const shown = states === null ? all : all.filter(({ state }) => states.includes(state));
  if (shown.length === 0)
    return { text: all.length === 0 ? 'There are no jobs yet.' : 'No job is in that state.', json: [] };
  const short = shortIds(all);
  const rows = shown.map((one): Row => [
    short(one.id),
    one.state,
    one.kind,
    dateTime(one.startedMs ?? one.createdMs),
    one.workedMs === null ? '—' : span(one.workedMs),
    howFar(one),
    one.title,
    one.writes.join(', '),
  ]);
  return {
    text: table(['id', 'state', 'kind', 'started', 'worked', 'how far', 'what', 'writes'], rows),
    json: shown,
  };
}

/** So much of an id as tells it from all others, eight letters at least. */
function shortIds(jobs: readonly Job[]): (id: string) => string {
  let length = 8;
  while (new Set(jobs.map(({ id }) => id.slice(0, length))).size < jobs.length) length++;
  return (id) => id.slice(0, length);
}

function howFar({ state, progress, leftMs }: Job): string {
  if (state === 'done' || progress === null) return '';
  const left = leftMs === null ? '' : `, ${timeLeft(leftMs)}`;
  return `${percent(progress)}${left}`;
}

async function show(client: LabClient, { words }: Args): Promise<Answer> {
  const job = await client.request('jobs.get', { jobId: words[0]! });
  const holdings = await client.request('jobs.holdings', { jobId: job.id });
  const facts: [string, string | null][] = [
    ['id', job.id],
    ['state', [job.state, howFar(job)].filter(Boolean).join(', ')],
    ['now', job.finishedMs === null && job.detail !== '' ? job.detail : null],
    ['asked for', dateTime(job.createdMs)],
    ['started', job.startedMs === null ? null : dateTime(job.startedMs)],
    ['ended', job.finishedMs === null ? null : dateTime(job.finishedMs)],
    ['worked', job.workedMs === null ? null : span(job.workedMs)],
    ['reads', job.reads.join(', ') || null],
    ['writes', job.writes.join(', ') || null],
    ['failed', job.error?.message ?? null],
    ...(job.result?.kind === 'play' ? job.result.failed : []).map(({ path, message }): [string, string] => [
      'not played',
      `${path}: ${message}`,
    ]),
    ...(job.result?.kind === 'update' ? job.result.boards : []).map(
      ({ boardName, outcome, error }): [string, string] => [
        outcome,
        error ? `${boardName}: ${error.message}` : boardName,
      ],
    ),
    ['goes with it', goesOf(holdings)],
    ['stays', holdings.stays.join(', ') || null],
  ];
  const rows = facts.flatMap(([name, value]) => (value === null ? [] : [`${name.padEnd(14)}${value}`]));
  return { text: [job.title, ...rows].join('\n'), json: { ...job, holdings } };
}

const goesOf = ({ goes, bytes }: JobHoldings): string =>
  [...(goes.length > 0 ? goes : ['its entry in this list']), ...(bytes > 0 ? [sizeText(bytes)] : [])].join(
    ', ',
  );

async function resume(client: LabClient, args: Args): Promise<Answer> {
  const { id, kind } = await jobOf(client, args);
  const { tables, report } = await outputsFor(kind, args);
  const resumed = await client.request('jobs.resume', { jobId: id });
  const job = await follow(client, resumed, resumeWith(args));
  switch (kind) {
    case 'classify':
      return classified(client, job, tables, args.json);
    case 'train':
      return trained(client, job);
    case 'evaluate':
      return evaluated(client, job, report);
    case 'encoder':
      return encoderTaken(job);
    case 'compare':
      return compared(client, job, await placesOf(args), args);
    case 'tiny':
      return benchmarked(client, job);
    case 'play':
      return answered(client, job);
    case 'update':
      return updated(job);
    default:
      return { text: `${job.title}: ${job.state}.`, json: job };
  }
}

/** Of an unfinished classification what was found so far. */
async function write(client: LabClient, args: Args): Promise<Answer> {
  const job = await jobOf(client, args);
  const { tables, report } = await outputsFor(job.kind, args);
  if (job.kind === 'compare') return compared(client, job, await placesOf(args), args);
  if (report !== null) return evaluated(client, job, report);
  const lines = await writeTables(client, job.id, tables);
  const done = job.state === 'done';
  if (!done) lines.push(`“${job.title}” is ${job.state}: this is what it found so far.`);
  return {
    text: lines.join('\n'),
    json: { job, written: tables.map(({ path }) => path) },
    exit: done ? exit.done : exit.some,
  };
}

async function cancel(client: LabClient, args: Args): Promise<Answer> {
  const { id } = await jobOf(client, args);
  const job = await client.request('jobs.cancel', { jobId: id });
  return { text: `“${job.title}” is cancelled.`, json: job };
}

/** One after another; what cannot be deleted is told of, and the others go all the same. */
async function remove(client: LabClient, args: Args): Promise<Answer> {
  const found = new Map<string, { job: Job; holdings: JobHoldings }>();
  const deleted: { job: Job; holdings: JobHoldings }[] = [];
  const refused: CurlewError[] = [];
  for (const word of args.words) {
    try {
      const job = await client.request('jobs.get', { jobId: word });
      found.set(job.id, { job, holdings: await client.request('jobs.holdings', { jobId: job.id }) });
    } catch (thrown) {
      refused.push(toCurlewError(thrown));
    }
  }
  // What is not over is refused below, and nobody is asked of it.
  const over = [...found.values()].filter(({ job }) => job.finishedMs !== null);
  if (over.length > 0) {
    const goes = over.map(({ job, holdings }) => `“${job.title}” goes for good: ${goesOf(holdings)}.`);
    await confirmed(`${goes.join('\n')} Delete ${over.length === 1 ? 'it' : 'them'}?`, args);
  }
  for (const { job } of found.values()) {
    try {
      deleted.push({ job, holdings: await client.request('jobs.delete', { jobId: job.id }) });
    } catch (thrown) {
      refused.push(toCurlewError(thrown));
    }
  }
  if (deleted.length === 0 && refused.length === 1) throw refused[0]!;
  const text = [
    ...deleted.map(({ job, holdings }) => {
      const stays = holdings.stays.length > 0 ? ` Stays: ${holdings.stays.join(', ')}.` : '';
      return `“${job.title}” is deleted: ${goesOf(holdings)}.${stays}`;
    }),
    ...refused.map(({ message }) => `not deleted: ${message}`),
  ].join('\n');
  const json = { deleted, refused: refused.map(({ code, message }) => ({ code, message })) };
  return { text, json, exit: exitOfShare(deleted.length, refused.length) };
}

/** @throws CurlewError JOB_NOT_FOUND; REQUEST_INVALID where several begin so */
const jobOf = (client: LabClient, { words }: Args): Promise<Job> =>
  client.request('jobs.get', { jobId: words[0]! });

async function places(args: Args) {
  return { tables: await tablesOf(args), report: await reportOf(args) };
}

/** @throws CurlewError REQUEST_INVALID for an output that this kind of job does not have; those of the outputs */
async function outputsFor(kind: Job['kind'], args: Args) {
  const own: readonly string[] = kind === 'compare' ? compareTables : [];
  const table = tablesNamed(args).find((name) => !own.includes(name));
  if (kind !== 'classify' && table !== undefined) throw hasNone(`--${table}`, 'a classification');
  if (kind !== 'evaluate' && args.options.out !== undefined) throw hasNone('--out', 'an evaluation');
  return places(args);
}

const hasNone = (option: string, kind: string): CurlewError =>
  new CurlewError('REQUEST_INVALID', `This job has no such output: ${option} is of ${kind}.`);

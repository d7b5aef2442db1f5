/** `curlew detections …`: what a classification found, listed, filtered and written. */
import { extname, resolve } from 'node:path';
import type { LabClient } from '../../../contract/client.ts';
import { CurlewError } from '../../../contract/error.ts';
import { count, grouped, percent } from '../../../contract/figures.ts';
import { pagesOf } from '../../../contract/pieces.ts';
import type {
  DetectionFilterGiven,
  DetectionSort,
  Job,
  ListedDetection,
  ScorePoint,
  SetClass,
  TimelineDay,
  Verdict,
} from '../../../contract/types.ts';
import { timelineSvg } from '../../../detections/contract/timeline-svg.ts';
import { timelineDays } from '../../../detections/contract/rows.ts';
import { localTime } from '../../../detections/tables/times.ts';
import type { Output } from '../../../outputs.ts';
import { dateOf, listed, numberOf } from '../args.ts';
import type { Answer, Args, Command, Commands } from '../command.ts';
import { exit } from '../exit.ts';
import { table, type Row } from '../output.ts';
import { outputsOf } from '../outputs-of.ts';
import type { OptionName } from '../options.ts';
import { byClass } from './classify-settings.ts';
import { renamedLabel } from './renamed-label.ts';
import { madeSet } from './made-set.ts';
import { namesNotInRun } from './names-not-in-run.ts';
import { tableOptions, tablesNamed, tablesOf, writeTables } from './detection-outputs.ts';

const filterOptions = [
  ...([
    'label',
    'least',
    'most',
    'since',
    'until',
    'site',
    'in',
    'answered-by',
    'reviewed',
    'applied',
  ] as const),
] satisfies OptionName[];

const list: Command = {
  usage: 'JOB',
  about: 'what it detected, and how often each class',
  options: [...filterOptions, 'sort', 'descending', 'limit'],
  check: async (args) => filterOf(args),
  run: listThem,
};

export const detectionCommands: Commands = {
  'detections list': list,
  'detections export': {
    usage: 'JOB',
    about: 'writes them, or some of them: --csv, --parquet, --raven, --clips and others',
    options: [...tableOptions, 'timeline', ...filterOptions, 'margin', 'draw', 'seed', 'flac'],
    check: async (args) => {
      filterOf(args);
      clipsOf(args);
      if (tablesNamed(args).length === 0 && args.options.timeline === undefined)
        throw new CurlewError(
          'REQUEST_INVALID',
          `Say what to write: ${tableOptions
            .map((name) => `--${name}`)
            .slice(0, -1)
            .join(', ')} or --timeline.`,
        );
      return [await tablesOf(args), await timelineOutput(args)];
    },
    run: write,
  },
  'detections set': {
    usage: 'JOB FOLDER',
    about: 'cuts the most probable of each class into a labelled set, not reviewed: “curlew train” takes it',
    options: [...filterOptions, 'each', 'as', 'class-threshold', 'beside', 'overwrite'],
    check: async (args) => [filterOf(args), setClassesOf(args)],
    run: labelledSet,
  },
  'detections score': {
    usage: 'JOB TABLE...',
    about: 'precision and recall against marks: Raven’s tables, Audacity’s labels',
    options: ['overlap', 'all-files'],
    check: async ({ options: { overlap } }) =>
      overlap === undefined ? undefined : numberOf(overlap, '--overlap', 0.01, 1),
    run: score,
  },
};

/** At the least threshold that leaves all of a class's detections, and where F1 is highest. */
async function score(client: LabClient, args: Args): Promise<Answer> {
  const job = await jobOf(client, args);
  const paths = args.words.slice(1).map((word) => resolve(word));
  const { overlap } = args.options;
  const found = await client.request('detections.score', {
    ...{ jobId: job.id, paths, files: args.options['all-files'] ? 'all' : 'marked' },
    ...(overlap !== undefined && { overlap: numberOf(overlap, '--overlap', 0.01, 1) }),
  });
  const rows = found.classes.flatMap(({ label, marks, curve }): Row[] => {
    const best = curve.reduce<ScorePoint | null>(
      (top, one) => ((one.f1 ?? -1) > (top?.f1 ?? -1) ? one : top),
      null,
    );
    const points = [curve[0] ?? null, best].filter((one, i, all) => one !== null && all.indexOf(one) === i);
    if (points.length === 0) return [[label, marks, '—', 0, '—', '—', '—']];
    return points.map((one) => [label, marks, ...pointCells(one!)]);
  });
  const left =
    found.filesLeftOut === 0
      ? ''
      : `; ${count(found.filesLeftOut, 'recording')} that no table names left out`;
  const text = [
    table(['class', 'marks', 'threshold', 'detections', 'precision', 'recall', 'F1'], rows),
    `${count(found.marks, 'mark')} in ${count(found.files, 'recording')}${left}. ${found.rule} Of each class: at the least probability of its detections, and where F1 is highest if that is elsewhere.`,
  ].join('\n');
  return { text, json: found };
}

const pointCells = ({ threshold, detections, precision, recall, f1 }: ScorePoint): Row => [
  detections === 0 ? '—' : threshold.toFixed(2),
  detections,
  ...[precision, recall].map((one) => (one === null ? '—' : percent(one))),
  f1 === null ? '—' : f1.toFixed(3),
];

async function listThem(client: LabClient, args: Args): Promise<Answer> {
  const job = await jobOf(client, args);
  const filter = filterOf(args);
  const limit = Number(args.options.limit ?? 20);
  const sort: DetectionSort = {
    by: (args.options.sort ?? 'file') as DetectionSort['by'],
    descending: args.options.descending ?? false,
  };
  const page = await client.request('detections.list', { jobId: job.id, filter, sort, limit });
  const summary = await client.request('detections.classes', { jobId: job.id, filter });
  const rows = page.rows.map((one): Row => [
    one.path,
    `${one.startS.toFixed(2)}–${one.endS.toFixed(2)} s`,
    localTime(one.atMs, one.offsetMinutes ?? 0)
      ?.slice(0, 19)
      .replace('T', ' ') ?? '—',
    one.label,
    one.peak.toFixed(3),
    one.confidence.toFixed(3),
    one.site ?? '',
    decidedOf(one),
  ]);
  const classes = summary.classes.map(({ label, detections, files }): Row => [label, detections, files]);
  const text = [
    table(['file', 'when in it', 'local time', 'class', 'peak', 'mean', 'site', 'reviewed'], rows),
    `${grouped(page.rows.length)} of ${count(page.total, 'detection')}${page.rows.length < page.total ? '; --limit shows more, and “curlew detections export” writes all' : ''}.`,
    '',
    table(['class', 'detections', 'recordings'], classes),
  ].join('\n');
  const missed = await notInRun(client, job, filter);
  return {
    text: [page.total === 0 ? 'There is no such detection.' : text, ...missed].join('\n'),
    json: { ...page, summary },
  };
}

/** @see namesNotInRun */
async function notInRun(client: LabClient, job: Job, filter: DetectionFilterGiven): Promise<string[]> {
  const { labels, sites, experts } = filter;
  if (!labels && !sites && !experts) return [];
  return namesNotInRun(filter, await client.request('detections.classes', { jobId: job.id }));
}

const decidedOf = ({ verdict, correctedLabel }: ListedDetection): string =>
  verdict === null ? '' : verdict === 'other' && correctedLabel !== null ? correctedLabel : verdict;

async function write(client: LabClient, args: Args): Promise<Answer> {
  const job = await jobOf(client, args);
  const filter = filterOf(args);
  const tables = await tablesOf(args);
  const timeline = await timelineOutput(args);
  const lines = await writeTables(client, job.id, tables, { filter, clips: clipsOf(args) });
  lines.push(...(await notInRun(client, job, filter)));
  if (timeline) {
    const days: TimelineDay[] = [];
    const ask = (last?: TimelineDay) =>
      client.request('detections.timeline', {
        jobId: job.id,
        filter,
        by: 'night',
        after: last?.day,
        limit: timelineDays,
      });
    for await (const page of pagesOf<TimelineDay>(ask, timelineDays)) days.push(...page);
    const named = filter.labels?.length === 1 ? filter.labels[0]! : null;
    const title = named === null ? 'Detections by night and hour' : `${named}: detections by night and hour`;
    await timeline.write(timelineSvg(days, { by: 'night', label: named, title }));
    lines.push(`Written: ${timeline.path}, ${count(days.length, 'night')}`);
  }
  const done = job.state === 'done';
  if (!done) lines.push(`“${job.title}” is ${job.state}: this is what it found so far.`);
  const written = [...tables, ...(timeline ? [timeline] : [])].map(({ path }) => path);
  return { text: lines.join('\n'), json: { job, written }, exit: done ? exit.done : exit.some };
}

async function labelledSet(client: LabClient, args: Args): Promise<Answer> {
  const { each, beside, overwrite = false } = args.options;
  const job = await jobOf(client, args);
  const made = await client.request('detections.labelledSet', {
    ...{ jobId: job.id, filter: filterOf(args), classes: setClassesOf(args) },
    ...{ path: resolve(args.words[1]!), overwrite },
    ...(each !== undefined && { most: Number(each) }),
    ...(beside !== undefined && { beside: resolve(beside) }),
  });
  return madeSet(made, 'since they lie over one that was taken');
}

/** What `--as` and `--class-threshold` say of each class. @throws CurlewError REQUEST_INVALID */
function setClassesOf({ options }: Args): SetClass[] {
  const leasts = byClass(options['class-threshold'], '--class-threshold', 1) ?? {};
  const names = new Map((options.as ?? []).map(renamedLabel));
  return [...new Set([...names.keys(), ...Object.keys(leasts)])].map((label) => {
    const as = names.get(label) ?? label;
    return { label, as: as === '' ? null : as, least: leasts[label] ?? 0 };
  });
}

/** @throws CurlewError REQUEST_INVALID for a name that promises another kind of picture; those of `Outputs` */
async function timelineOutput(args: Args): Promise<Output | null> {
  const { timeline } = args.options;
  if (timeline === undefined) return null;
  if (extname(timeline).toLowerCase() !== '.svg')
    throw new CurlewError(
      'REQUEST_INVALID',
      `--timeline writes SVG: give ${timeline} the ending .svg. The window saves a timeline as PNG too.`,
    );
  return outputsOf(args).file(timeline);
}

/** @throws CurlewError JOB_NOT_FOUND; REQUEST_INVALID where several begin so */
const jobOf = (client: LabClient, { words }: Args): Promise<Job> =>
  client.request('jobs.get', { jobId: words[0]! });

/** @throws CurlewError REQUEST_INVALID for what is no probability or no date */
function filterOf({ options }: Args): DetectionFilterGiven {
  const { label, least, most, since, until, site, reviewed } = options;
  return {
    ...(label !== undefined && { labels: listed(label) }),
    ...(least !== undefined && { least: numberOf(least, '--least', 0, 1) }),
    ...(most !== undefined && { most: numberOf(most, '--most', 0, 1) }),
    ...(since !== undefined && { fromMs: dateOf(since, '--since') }),
    ...(until !== undefined && { toMs: dateOf(until, '--until') }),
    ...(site !== undefined && { sites: listed(site) }),
    ...(options.in !== undefined && { path: options.in }),
    ...(options['answered-by'] !== undefined && { experts: listed(options['answered-by']) }),
    ...(options.applied && { applied: true }),
    ...(reviewed !== undefined && { reviewed: listed(reviewed) as (Verdict | 'none')[] }),
  };
}

/** @throws CurlewError REQUEST_INVALID for a margin that is none */
function clipsOf({ options: { margin, draw, seed, flac } }: Args) {
  return {
    ...(flac && { format: 'flac' as const }),
    ...(margin !== undefined && { marginS: numberOf(margin, '--margin', 0, 60) }),
    ...(draw !== undefined && { most: Number(draw) }),
    ...(seed !== undefined && { seed: Number(seed) }),
  };
}

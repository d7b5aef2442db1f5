/** `curlew review …`: samples of what a classification found, decided one by one, and what that tells. */
import { resolve } from 'node:path';
import { csvText } from '../../../../models/report/csv.ts';
import type { LabClient } from '../../../contract/client.ts';
import { CurlewError } from '../../../contract/error.ts';
import { count, dateTime, grouped, percent } from '../../../contract/figures.ts';
import { allOf, pageLimit } from '../../../contract/pieces.ts';
import type {
  ClassReview,
  Estimated,
  ReviewItem,
  ReviewSet,
  ReviewStatistics,
  ThresholdRule,
  Verdict,
} from '../../../contract/types.ts';
import { verdicts } from '../../../detections/contract/filter.ts';
import type { Output } from '../../../outputs.ts';
import { statisticsRows } from '../../../review/contract/statistics-rows.ts';
import { listed, numberOf, wholeNumber } from '../args.ts';
import type { Answer, Args, Command, Commands } from '../command.ts';
import { table, type Row } from '../output.ts';
import { outputsOf } from '../outputs-of.ts';
import { madeSet } from './made-set.ts';

const create: Command = {
  usage: 'JOB',
  about: 'draws a sample of its detections, by class and probability, to be decided',
  options: ['label', 'size', 'bins', 'seed'],
  check: async (args) => edgesOf(args),
  run: createIt,
};

export const reviewCommands: Commands = {
  'review create': create,
  'review list': { usage: '[JOB]', about: 'samples, the newest first', options: [], run: listThem },
  'review show': {
    usage: 'SET',
    about: 'its detections, and what was decided of each',
    options: [],
    run: show,
  },
  'review decide': {
    usage: 'SET NUMBER VERDICT --reviewer NAME',
    about: `that a detection is ${verdicts.join(', ')}; the last decision stands`,
    options: ['reviewer', 'class'],
    check: async (args) => decisionOf(args),
    run: decide,
  },
  'review undo': {
    usage: 'SET --reviewer NAME',
    about: 'takes back the last decision of a reviewer',
    options: ['reviewer'],
    run: undo,
  },
  'review statistics': {
    usage: 'SET',
    about: 'precision by threshold, how many detections are true, and how far reviewers agree',
    options: ['precision', 'csv', 'overwrite'],
    check: async (args) => [precisionOf(args), await tableOf(args)],
    run: statistics,
  },
  'review apply': {
    usage: 'SET',
    about: 'makes thresholds of it for its run: “detections list” and “export” take --applied',
    options: ['precision', 'rule'],
    check: async (args) => precisionOf(args),
    run: apply,
  },
  'review withdraw': {
    usage: 'JOB',
    about: 'takes the thresholds back that were applied to it',
    options: [],
    run: takeBack,
  },
  'review set': {
    usage: 'SET FOLDER',
    about: 'cuts what was decided into a labelled set: “curlew train” takes the folder',
    options: ['margin', 'background', 'beside', 'overwrite'],
    check: async (args) => marginOf(args),
    run: labelledSet,
  },
};

async function createIt(client: LabClient, args: Args): Promise<Answer> {
  const { label, size, seed } = args.options;
  const { id } = await client.request('jobs.get', { jobId: args.words[0]! });
  const edges = edgesOf(args);
  const set = await client.request('reviews.create', {
    jobId: id,
    ...(label !== undefined && { labels: listed(label) }),
    ...(size !== undefined && { size: Number(size) }),
    ...(seed !== undefined && { seed: Number(seed) }),
    ...(edges && { edges }),
  });
  const rows = set.strata.map(({ label: of, from, to, population, drawn }): Row => [
    ...[of, `${from}–${to}`, grouped(population), grouped(drawn)],
  ]);
  const text = [
    `Set ${set.id}: ${count(set.size, 'detection')}.`,
    table(['class', 'probability', 'of', 'drawn'], rows),
    `“curlew review show ${set.id}” lists them, “curlew review decide” keeps what you hear.`,
  ].join('\n');
  return { text, json: set };
}

async function listThem(client: LabClient, { words }: Args): Promise<Answer> {
  const job = words[0] === undefined ? null : await client.request('jobs.get', { jobId: words[0] });
  const sets = await allOf<ReviewSet>((last) =>
    client.request('reviews.list', { ...(job && { jobId: job.id }), after: last?.id, limit: pageLimit }),
  );
  const rows = sets.map(({ id, jobId, createdMs, size, reviewers }): Row => [
    ...[id, jobId.slice(0, 8), dateTime(createdMs), size],
    reviewers.map(({ reviewer, decided }) => `${reviewer} ${grouped(decided)}`).join(', '),
  ]);
  return {
    text:
      sets.length === 0 ? 'There is no such sample.' : table(['set', 'job', 'drawn', 'of', 'decided'], rows),
    json: sets,
  };
}

async function show(client: LabClient, { words }: Args): Promise<Answer> {
  const setId = words[0]!;
  const items = await allOf<ReviewItem>((last) =>
    client.request('reviews.items', { setId, after: last?.number, limit: pageLimit }),
  );
  const rows = items.map(({ number, detection, decisions }): Row => [
    ...[number, detection.path, `${detection.startS.toFixed(2)}–${detection.endS.toFixed(2)} s`],
    ...[detection.label, decisions.map(decided).join(', ')],
  ]);
  return { text: table(['number', 'file', 'when in it', 'class', 'decided'], rows), json: items };
}

const decided = ({ reviewer, verdict, label }: ReviewItem['decisions'][number]): string =>
  `${reviewer}: ${label === null ? verdict : `${verdict}, ${label}`}`;

async function decide(client: LabClient, args: Args): Promise<Answer> {
  const asked = { setId: args.words[0]!, reviewer: args.options.reviewer!, ...decisionOf(args) };
  const item = await client.request('reviews.decide', asked);
  return { text: toldOf(item), json: item };
}

async function undo(client: LabClient, { words, options }: Args): Promise<Answer> {
  const reviewer = options.reviewer!;
  const item = await client.request('reviews.undo', { setId: words[0]!, reviewer });
  return { text: item ? toldOf(item) : `Nothing that ${reviewer} decided stands.`, json: item };
}

const toldOf = ({ number, detection, decisions }: ReviewItem): string =>
  `Number ${number}, ${detection.label}: ${decisions.map(decided).join('; ') || 'not decided'}.`;

async function statistics(client: LabClient, args: Args): Promise<Answer> {
  const precision = precisionOf(args);
  const told = await client.request('reviews.statistics', {
    setId: args.words[0]!,
    ...(precision !== undefined && { precision }),
  });
  const table = await tableOf(args);
  await table?.write(csvText(statisticsRows(told)));
  const written = table ? `Written: ${table.path}\n` : '';
  return { text: `${written}${statisticsText(told)}`, json: told };
}

function statisticsText({ precision, classes, agreement }: ReviewStatistics): string {
  const pairs = agreement.map(({ reviewers, items, agreement: same, kappa, low, high }): Row => [
    ...[reviewers.join(' and '), items, percent(same)],
    kappa === null ? '—' : `${kappa.toFixed(2)} (${low!.toFixed(2)}–${high!.toFixed(2)})`,
  ]);
  return [
    ...classes.map((one) => classText(one, precision)),
    ...(pairs.length > 0 ? [table(['reviewers', 'both decided', 'the same', 'kappa'], pairs), ''] : []),
    'In brackets: intervals of 95 %.',
  ].join('\n');
}

function classText(one: ClassReview, wished: number): string {
  const rows = one.thresholds.map(({ from, population, decided: of, right, sample, precision }): Row => [
    ...[from, grouped(population), `${grouped(right)} of ${grouped(of)}`],
    sample === null ? '—' : shareText({ ...sample, value: sample.share }),
    shareText(precision),
  ]);
  const { value, low, high } = one.trueDetections;
  const whole = (number: number): string => grouped(Math.round(number));
  const undecided = one.undecided > 0 ? `, ${grouped(one.undecided)} undecided` : '';
  return [
    `${one.label}: ${grouped(one.decided)} of ${grouped(one.items)} decided${undecided}`,
    table(['from', 'detections', 'true', 'precision in the sample', 'precision in the run'], rows),
    `True of ${count(one.population, 'detection')}: ${value === null ? 'not known yet' : whole(value)} (${whole(low)}–${whole(high)}).`,
    `Precision of ${percent(wished, 0)}, lower bound: ${one.heldFrom === null ? 'held from no edge on' : `held from ${one.heldFrom} on`}; ${fitText(one.fit)}.`,
    '',
  ].join('\n');
}

const shareText = ({ value, low, high }: Estimated): string =>
  `${value === null ? '—' : percent(value)} (${percent(low)}–${percent(high)})`;

function fitText(fit: ClassReview['fit']): string {
  if (fit === null) return 'no line fits, since all decided are the same';
  if (fit.threshold === null) return 'by the logistic fit truth does not rise with probability';
  const { threshold, low, high } = fit.threshold;
  const parted = fit.separated ? ', a line between true and false ones that a few more may move' : '';
  return `by the logistic fit reached at ${threshold.toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)})${parted}`;
}

async function apply(client: LabClient, args: Args): Promise<Answer> {
  const { rule } = args.options;
  const precision = precisionOf(args);
  const applied = await client.request('reviews.apply', {
    setId: args.words[0]!,
    ...(precision !== undefined && { precision }),
    ...(rule !== undefined && { rule: rule as ThresholdRule }),
  });
  const rows = applied.classes.map(({ label, least }): Row => [
    ...[label, least === null ? 'none of it' : least.toFixed(3)],
  ]);
  const text = [
    table(['class', 'from'], rows),
    `“curlew detections export ${applied.jobId} --applied” writes what is left; “curlew review withdraw ${applied.jobId}” leaves all again.`,
  ].join('\n');
  return { text, json: applied };
}

async function takeBack(client: LabClient, { words }: Args): Promise<Answer> {
  const { id, title } = await client.request('jobs.get', { jobId: words[0]! });
  await client.request('reviews.takeBack', { jobId: id });
  return { text: `Nothing is left out of “${title}” any more.`, json: null };
}

async function labelledSet(client: LabClient, args: Args): Promise<Answer> {
  const { background, beside, overwrite = false } = args.options;
  const marginS = marginOf(args);
  const made = await client.request('reviews.labelledSet', {
    ...{ setId: args.words[0]!, path: resolve(args.words[1]!), overwrite },
    ...(marginS !== undefined && { marginS }),
    ...(background !== undefined && { background }),
    ...(beside !== undefined && { beside: resolve(beside) }),
  });
  return madeSet(made, 'of no class, or of several as often');
}

/** @throws CurlewError REQUEST_INVALID */
const marginOf = ({ options: { margin } }: Args): number | undefined =>
  margin === undefined ? undefined : numberOf(margin, '--margin', 0, 60);

/** @throws CurlewError of `Outputs` */
const tableOf = async (args: Args): Promise<Output | null> =>
  args.options.csv === undefined ? null : outputsOf(args).file(args.options.csv);

/** @throws CurlewError REQUEST_INVALID */
const edgesOf = ({ options: { bins } }: Args): number[] | undefined =>
  bins === undefined ? undefined : listed(bins).map((edge) => numberOf(edge, '--bins', 0, 1));

/** @throws CurlewError REQUEST_INVALID */
const precisionOf = ({ options: { precision } }: Args): number | undefined =>
  precision === undefined ? undefined : numberOf(precision, '--precision', 0.01, 0.99);

/** @throws CurlewError REQUEST_INVALID */
function decisionOf({ words, options }: Args): { number: number; verdict: Verdict; label?: string } {
  const verdict = verdicts.find((one) => one === words[2]);
  if (!verdict)
    throw new CurlewError('REQUEST_INVALID', `A verdict is ${verdicts.join(', ')}, not “${words[2]}”.`);
  if (options.class !== undefined && verdict !== 'other')
    throw new CurlewError('REQUEST_INVALID', '--class goes with the verdict other.');
  if (options.class === undefined && verdict === 'other')
    throw new CurlewError(
      'REQUEST_INVALID',
      'Say with --class what it is instead; unsure is for what nobody can tell, no for what is of no class.',
    );
  const number = wholeNumber(words[1]!, 'NUMBER', 1, 10_000);
  return { number, verdict, ...(options.class !== undefined && { label: options.class }) };
}

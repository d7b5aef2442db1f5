/** `curlew telemetry series`: a figure of a board over time. */
import { csvText } from '../../../../../models/report/csv.ts';
import type { LabClient } from '../../../../contract/client.ts';
import { CurlewError } from '../../../../contract/error.ts';
import { count, dateTime, grouped, span } from '../../../../contract/figures.ts';
import type { ClassTimeline, Series } from '../../../../contract/types.ts';
import {
  figureNames,
  figureText,
  figureWords,
  type Figure,
} from '../../../../fleet/contract/figure-words.ts';
import { classTable, seriesTable } from '../../../../fleet/contract/series-words.ts';
import { dateOf } from '../../args.ts';
import type { Answer, Args, Commands } from '../../command.ts';
import { table, type Row } from '../../output.ts';
import { outputsOf } from '../../outputs-of.ts';
import { boardOf, nameOf } from './boards.ts';

const usualPoints = 48;
const usualMs = 24 * 3_600_000;
const classes = 'classes';
const names = [...figureNames, classes];

export const seriesCommands: Commands = {
  'telemetry series': {
    usage: 'BOARD FIGURE',
    about: `a figure of a board over the last day, or from --since until --until: ${names.join(', ')}`,
    options: ['since', 'until', 'points', 'csv', 'overwrite'],
    check: async (args) => {
      figureOf(args.words[1]!);
      stretch(args);
      if (args.options.csv !== undefined) await outputsOf(args).file(args.options.csv);
    },
    run: show,
  },
};

async function show(client: LabClient, args: Args): Promise<Answer> {
  const [word, name] = args.words as [string, string];
  const one = await boardOf(client, word);
  const figure = figureOf(name);
  const wish = {
    boardId: one.board.id,
    ...stretch(args),
    points: Number(args.options.points ?? usualPoints),
  };
  const output = args.options.csv === undefined ? null : await outputsOf(args).file(args.options.csv);
  if (figure === classes) {
    const heard = await client.request('telemetry.classes', wish);
    await output?.write(csvText(classTable(heard)));
    return { text: told(output?.path, nameOf(one), classRows(heard)), json: heard };
  }
  const found = await client.request('telemetry.series', { ...wish, figure });
  await output?.write(csvText(seriesTable(found)));
  return { text: told(output?.path, nameOf(one), seriesRows(found)), json: found };
}

const told = (path: string | undefined, name: string, text: string): string =>
  path === undefined ? `${name}: ${text}` : `Written: ${path}`;

function seriesRows({ figure, level, everyMs, lines }: Series): string {
  const [heading] = figureWords[figure];
  const rows = lines.flatMap(({ source, buckets }) =>
    buckets.map(({ atMs, records, mean, min, max }): Row => [
      ...[dateTime(atMs), grouped(records), figureText(figure, mean)],
      ...[figureText(figure, min), figureText(figure, max), source ?? ''],
    ]),
  );
  const every = `${heading}, every ${span(everyMs)}, from ${level}`;
  return rows.length === 0
    ? `nothing of that time has this figure (${heading}).`
    : `${every}\n${table(['begins', 'records', 'mean', 'least', 'most', 'source'], rows)}`;
}

/** The most frequent, as many as a line takes; the others together. */
const shownClasses = 5;

function classRows({ everyMs, classes, buckets }: ClassTimeline): string {
  if (buckets.length === 0) return 'nothing was recorded in that time.';
  const more = classes.length > shownClasses;
  const rows = buckets.map(({ atMs, records }): Row => [
    ...[dateTime(atMs), ...records.slice(0, shownClasses).map(grouped)],
    ...(more ? [grouped(records.slice(shownClasses).reduce((sum, n) => sum + n, 0))] : []),
  ]);
  const head = classes.slice(0, shownClasses).map(({ name }) => name ?? 'no class');
  const others = more ? [count(classes.length - shownClasses, 'other')] : [];
  return `records by class, every ${span(everyMs)}\n${table(['begins', ...head, ...others], rows)}`;
}

/** @throws CurlewError REQUEST_INVALID */
function figureOf(word: string): Figure | typeof classes {
  if (names.includes(word)) return word as Figure | typeof classes;
  throw new CurlewError('REQUEST_INVALID', `There is no figure “${word}”: name one of ${names.join(', ')}.`);
}

/** @throws CurlewError REQUEST_INVALID */
function stretch({ options: { since, until } }: Args): { fromMs: number; toMs: number } {
  const toMs = until === undefined ? Date.now() : dateOf(until, '--until');
  const fromMs = since === undefined ? toMs - usualMs : dateOf(since, '--since');
  if (fromMs < toMs) return { fromMs, toMs };
  throw new CurlewError(
    'REQUEST_INVALID',
    'That stretch ends before it begins: --until must be after --since.',
  );
}

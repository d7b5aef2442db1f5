/** `curlew compare`: boards held against the references, stage by stage, and whether they pass. */
import { resolve } from 'node:path';
import type { LabClient } from '../../../contract/client.ts';
import { CurlewError } from '../../../contract/error.ts';
import { count, grouped, percent } from '../../../contract/figures.ts';
import type { RequestParams } from '../../../contract/requests.ts';
import type {
  CheckResult,
  ComparedCheck,
  ComparedRule,
  ComparedRun,
  CompareResult,
  Comparison,
  ExportFormat,
  Job,
} from '../../../contract/types.ts';
import { errorText, judgedFigure, limitText } from '../../../jobs/compare/contract/judged.ts';
import {
  checkWords,
  comparedChecks,
  comparedStages,
  usualRules,
} from '../../../jobs/compare/contract/stages.ts';
import type { Output } from '../../../outputs.ts';
import { checkAmong, listed, numberOf } from '../args.ts';
import type { Answer, Args, Commands } from '../command.ts';
import { exit } from '../exit.ts';
import { follow } from '../follow.ts';
import type { OptionName } from '../options.ts';
import { table, type Row } from '../output.ts';
import { outputsOf } from '../outputs-of.ts';
import { resumeWith } from '../resume.ts';
import { renamedLabel } from './renamed-label.ts';

export const compareTables = ['csv', 'parquet'] as const satisfies OptionName[];

export const compareCommands: Commands = {
  compare: {
    usage: '[FOLDER|FILE...]',
    about: 'hold boards against the references on labelled or other recordings (the bundled clips)',
    options: [
      'boards',
      'models',
      'layout',
      'variant',
      'as',
      'at-most',
      'windows',
      'answers-only',
      'warm-up',
      'allow',
      'share',
      ...compareTables,
      'html',
      'overwrite',
    ],
    check: async (args) => {
      const { paths = [] } = askedOf(args, '');
      await reportPlace(args, paths);
      return placesOf(args, paths);
    },
    run: compare,
  },
};

async function compare(client: LabClient, args: Args): Promise<Answer> {
  const [first] = args.options.models === undefined ? await client.request('experts.list', {}) : [];
  const asked = askedOf(args, first?.id ?? '');
  const places = await placesOf(args, asked.paths);
  const job = await client.request('compare.start', asked);
  return compared(client, await follow(client, job, resumeWith(args)), places, args);
}

interface Place {
  format: ExportFormat;
  path: string;
}

/** @param reads what no table may replace @throws CurlewError of `Outputs` */
export async function placesOf(args: Args, reads: readonly string[] = []): Promise<Place[]> {
  const outputs = outputsOf(args, reads);
  const places: Place[] = [];
  for (const format of compareTables) {
    const path = args.options[format];
    if (path === undefined) continue;
    await outputs.file(path);
    places.push({ format, path: resolve(path) });
  }
  return places;
}

/** Where the report goes, if anywhere. @throws CurlewError of `Outputs` */
async function reportPlace(args: Args, reads: readonly string[] = []): Promise<Output | null> {
  const { html } = args.options;
  return html === undefined ? null : outputsOf(args, reads).file(html);
}

/** @param firstExpert where none is named @throws CurlewError REQUEST_INVALID */
function askedOf({ words, options }: Args, firstExpert: string): RequestParams<'compare.start'> {
  const { boards = 'virtual', models = firstExpert, layout, variant, as = [], windows } = options;
  const { allow = [], share = [], 'at-most': clips, 'warm-up': warmUp, 'answers-only': only } = options;
  const given = <T>(value: string | undefined, make: (text: string) => T): T | undefined =>
    value === undefined ? undefined : make(value);
  return {
    boards: listed(boards),
    models: listed(models),
    paths: words.map((word) => resolve(word)),
    ...(layout === undefined ? {} : { labelled: true, layout: layout as 'folders' }),
    ...(variant === undefined ? {} : { variant: variant as 'all' }),
    ...(as.length > 0 ? { classes: Object.fromEntries(as.map(renamedLabel)) } : {}),
    clips: given(clips, Number),
    windows: given(windows, (text) => Math.min(Number(text), 600)),
    answersOnly: only,
    warmUp: given(warmUp, Number),
    rules: rulesOf(allow, share),
  };
}

/** @throws CurlewError REQUEST_INVALID */
export function rulesOf(allow: readonly string[], share: readonly string[]): ComparedRule[] {
  const rules = new Map(usualRules.map((rule) => [rule.check, rule]));
  const change = (text: string, option: string, among: readonly string[], by: (value: string) => object) => {
    const [, check, value] = /^([^=]*)=(.*)$/.exec(text) ?? [];
    if (check === undefined)
      throw new CurlewError('REQUEST_INVALID', `--${option} takes a name and a number, as in ${among[0]}=0.001, not “${text}”.`); // prettier-ignore
    checkAmong(check, among, option, 'compare');
    const name = check as ComparedCheck;
    rules.set(name, { ...rules.get(name)!, ...by(value!) });
  };
  for (const text of allow)
    change(text, 'allow', comparedStages, (value) => ({
      limit: value === 'none' ? null : numberOf(value, '--allow', 0, 1e9),
    }));
  for (const text of share)
    change(text, 'share', comparedChecks, (value) => ({ share: numberOf(value, '--share', 0, 1) }));
  return [...rules.values()];
}

/** What a finished comparison found, and its tables written. */
export async function compared(
  client: LabClient,
  job: Job,
  places: readonly Place[],
  args: Args,
): Promise<Answer> {
  const comparison = await client.request('compare.get', { jobId: job.id });
  // Of an unfinished one nothing is decided.
  const result = job.result as CompareResult | null;
  const written: string[] = [];
  const report = await reportPlace(args);
  if (report) {
    await report.write((await client.request('compare.report', { jobId: job.id })).text);
    written.push(`The report is written to ${resolve(report.path)}.`);
  }
  for (const { format, path } of places) {
    const { rows } = await client.request('compare.write', {
      ...{ jobId: job.id, format, path, overwrite: args.options.overwrite ?? false },
    });
    written.push(`${count(rows, 'window')} written to ${path}.`);
  }
  const text = [
    runTable(comparison),
    ...comparison.runs.flatMap((run) => [
      '',
      `${nameOf(comparison, run)}:`,
      table(['stage', 'largest error', 'allowed', 'windows within', 'asked', 'verdict'], run.checks.flatMap((check) => checkRow(run, check))), // prettier-ignore
    ]),
    ...comparison.failed.map(({ path, message }) => `not compared: ${path}: ${message}`),
    ...written,
    result ? sentenceOf(result) : `“${job.title}” is ${job.state}: this is what it found so far.`,
  ].join('\n');
  return { text, json: { result, comparison }, exit: result ? exitOf(result) : exit.some };
}

/** A board that fails a check has not done what was asked of it; one that cannot be told, or clips left out, is a part. */
function exitOf({ verdict, failed, clips }: CompareResult): number {
  if (clips > 0 && failed.length === clips) return exit.none;
  if (verdict === 'fail') return exit.failed;
  return verdict === 'open' || failed.length > 0 ? exit.some : exit.done;
}

const sentenceOf = ({ verdict, windows }: CompareResult): string =>
  ({
    pass: `All checks pass, on ${count(windows, 'window')}.`,
    fail: 'A check fails: see above which stage, and for which board.',
    open: 'Too few windows were compared to tell whether the share that was asked for is reached: compare more clips.',
    'not judged': 'Nothing was judged.',
  })[verdict];

const boardOf = ({ boards }: Comparison, { board }: ComparedRun): string => {
  const { choice, profile, name } = boards[board]!;
  return [choice, ...(name !== null && name !== 'study' ? [name] : profile ? [profile] : [])].join(', ');
};

const nameOf = (comparison: Comparison, run: ComparedRun): string =>
  `${comparison.models[run.model]!.name} on ${boardOf(comparison, run)}`;

function runTable(comparison: Comparison): string {
  const rows = comparison.runs.map((run): Row => {
    const { scores, sameChoice, windows, clips } = run;
    const share = (many: number): string => percent(many / windows);
    return [
      comparison.models[run.model]!.name,
      boardOf(comparison, run),
      grouped(clips),
      grouped(windows),
      ...(comparison.labelled
        ? (['board', 'quantized', 'float'] as const).map((side) =>
            scores ? percent(scores[side].accuracy.value) : '—',
          )
        : []),
      ...(comparison.labelled ? [scores ? scores.board.macroF1.value.toFixed(3) : '—'] : []),
      sameChoice ? share(sameChoice.quantized) : '—',
    ];
  });
  const labels = comparison.labelled ? ['accuracy, board', 'quantized', 'float', 'macro F1, board'] : [];
  return table(['model', 'board', 'clips', 'windows', ...labels, 'same expert'], rows);
}

function checkRow(
  run: ComparedRun,
  { check, limit, share, windows, passed, low, high, verdict }: CheckResult,
): Row[] {
  if (windows === 0) return [];
  const stage = comparedStages.find((one) => one === check);
  const summary = stage ? run.stages[stage] : null;
  return [
    [
      checkWords(check).title,
      stage && summary ? errorText(judgedFigure(stage, summary), limit) : '—',
      limit === null ? '—' : limitText(limit),
      `${grouped(passed)} of ${grouped(windows)} (${percent(low ?? 0)} to ${percent(high ?? 1)})`,
      verdict === 'not judged' ? '—' : percent(share),
      verdict,
    ],
  ];
}

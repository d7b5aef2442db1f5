/** `curlew train`, `evaluate`, `encoder`: from labelled recordings to a bank and a report. */
import { count, grouped, percent } from '../../../contract/figures.ts';
import { resolve } from 'node:path';
import { layersByRows } from '../../../../models/encoder/limits.ts';
import { claimsOf } from '../../../../models/report/claims.ts';
import { filesOf, parquetOf, reportNames } from '../../../../models/report/files.ts';
import type { Results } from '../../../../models/report/results.ts';
import { cascadeText } from '../../../../models/report/tables/cascade.ts';
import { robustnessText } from '../../../../models/report/tables/robustness.ts';
import { testedText } from '../../../../models/report/tested.ts';
import type { LabClient } from '../../../contract/client.ts';
import { textsOf, wholeFile } from '../../../contract/pieces.ts';
import type { RequestParams, RequestResult } from '../../../contract/requests.ts';
import { studyCostText } from '../../../contract/study-cost.ts';
import type { EncoderResult, EvaluateResult, Job, TrainResult } from '../../../contract/types.ts';
import type { OutputFolder } from '../../../outputs.ts';
import type { Answer, Args, Commands } from '../command.ts';
import { exit, exitOfShare } from '../exit.ts';
import { follow } from '../follow.ts';
import type { OptionName } from '../options.ts';
import { sizeText, table, type Row } from '../output.ts';
import { outputsOf } from '../outputs-of.ts';
import { resumeWith } from '../resume.ts';
import { experts } from './experts.ts';
import { alphaOf, requestOf, trainingOf } from './study-asked.ts';

const trainingOptions = [
  'layout',
  'variant',
  'bank',
  'encoder',
  'augment',
  'hidden',
  'epochs',
  'patience',
  'topk',
  'passes',
  'cascade',
  'seed',
] as const satisfies OptionName[];
export const reportOptions = ['out', 'overwrite'] as const satisfies OptionName[];

export const studyCommands: Commands = {
  train: {
    usage: 'FOLDER --name NAME',
    about: 'train a bank on labelled recordings',
    options: ['name', 'heldout', 'alpha', ...trainingOptions],
    check: async (args) => (trainingOf(args), alphaOf(args)),
    run: train,
  },
  evaluate: {
    usage: '[FOLDER]',
    about:
      'train without each fold, test with it, write a report; with --bank NAME --on-data FOLDER test a bank that is there',
    options: [
      'on-data',
      'as',
      'others',
      'seeds',
      'alphas',
      'hard',
      'on',
      'windows',
      'margin',
      'resamples',
      'grid',
      'grid-origin',
      'watts',
      ...reportOptions,
      ...trainingOptions,
    ],
    check: (args) => reportOf(args, [requestOf(args).params.path]),
    run: evaluate,
  },
  encoder: {
    usage: 'FILE.onnx --name NAME --recordings FOLDER',
    about: 'take an encoder of your own',
    options: ['name', 'recordings'],
    run: encoder,
  },
};

async function train(client: LabClient, args: Args): Promise<Answer> {
  const { heldout, name } = args.options;
  const job = await client.request('train.start', {
    ...trainingOf(args),
    ...alphaOf(args),
    name: name!,
    ...(heldout === undefined ? {} : { heldOutFold: Number(heldout) }),
  });
  return trained(client, await follow(client, job, resumeWith(args)));
}

export async function trained(client: LabClient, job: Job): Promise<Answer> {
  const result = job.result as TrainResult;
  const { modelId } = result;
  if (modelId !== undefined)
    return {
      text: [
        ...problemLines(result.problems),
        `Trained the model “${modelId}”, which no board runs: “curlew classify --expert ${modelId}” hears with it, “curlew models” lists it.`,
      ].join('\n'),
      json: result,
      exit: exitOfProblems(result.problems),
    };
  const { text } = await experts(client, result.bank);
  return {
    text: [
      text,
      ...problemLines(result.problems),
      `Trained the bank “${result.bank}”: deploy it with “curlew deploy --expert ID”.`,
    ].join('\n'),
    json: result,
    exit: exitOfProblems(result.problems),
  };
}

async function evaluate(client: LabClient, args: Args): Promise<Answer> {
  const asked = requestOf(args);
  const report = await reportOf(args, [asked.params.path]);
  const job =
    asked.kind === 'bank'
      ? await client.request('evaluate.bank', asked.params)
      : await startedWithCost(client, asked.params);
  return evaluated(client, await follow(client, job, resumeWith(args)), report);
}

/** Says what it takes first: Ctrl-C is cheap then. */
async function startedWithCost(client: LabClient, params: RequestParams<'evaluate.start'>): Promise<Job> {
  const cost = await client.request('evaluate.cost', params);
  process.stderr.write(`curlew: ${studyCostText(cost)}\n`);
  return client.request('evaluate.start', params);
}

/** Where the report goes, if anywhere. @param reads what no file of it may replace @throws CurlewError of `Outputs.folder` */
export async function reportOf(args: Args, reads: readonly string[] = []): Promise<OutputFolder | null> {
  const { out } = args.options;
  return out === undefined ? null : outputsOf(args, reads).folder(out, reportNames);
}

/** What a finished evaluation found, and its report written. */
export async function evaluated(client: LabClient, job: Job, report: OutputFolder | null): Promise<Answer> {
  const result = job.result as EvaluateResult;
  const file = (name: string) => (from: number | undefined) =>
    client.request('evaluate.file', { jobId: job.id, name, from });
  const results = JSON.parse((await wholeFile(file('results.json'))).texts.join('')) as Results;
  if (report) {
    for (const name of filesOf(results)) await report.write(name, textsOf(file(name)));
    for (const name of parquetOf(results)) await report.write(name, bytesOf(client, job.id, name));
  }
  const { tested } = results;
  const rows = [...results.experts, ...results.mixtures].map(({ name, scores, cost }): Row => {
    const { accuracy, weightedF1 } = scores;
    const spread = accuracy.deviation === null ? '' : ` ± ${percent(accuracy.deviation)}`;
    const energy = cost?.millijoule;
    return [
      name,
      `${percent(tested ? accuracy.pooled.value : accuracy.mean)}${spread}`,
      weightedF1.pooled.value.toFixed(3),
      energy ? `${energy.value.toFixed(2)} mJ ${energy.source}` : '—',
    ];
  });
  const claims = claimsOf(results).flatMap(({ claim, verdict, finding, hard }) => [
    `${verdict}: ${claim} ${finding}`,
    ...(hard === null ? [] : [`  on harder sounds ${hard.verdict}: ${hard.finding}`]),
  ]);
  const told = [robustnessText(results), cascadeText(results)].filter((one) => one !== null);
  const about = testedText(results);
  const text = [
    ...(about === null ? [] : [about, '']),
    table(
      [
        'model',
        tested ? 'accuracy' : `accuracy, mean of ${count(results.dataSet.folds.length, 'fold')} left out`,
        `weighted F1, ${count(results.dataSet.clips, 'clip')}`,
        'an inference',
      ],
      rows,
    ),
    ...told,
    ...problemLines(results.dataSet.problems),
    '',
    ...claims,
    '',
    report
      ? `Written to ${resolve(report.path)}: report.html and its tables.`
      : `The report lies in ${result.folder}.`,
  ].join('\n');
  return { text, json: { result, results }, exit: exitOfProblems(results.dataSet.problems) };
}

async function* bytesOf(client: LabClient, jobId: string, name: string): AsyncGenerator<Uint8Array> {
  for (let from: number | null = 0; from !== null;) {
    const { bytes, next }: RequestResult<'evaluate.bytes'> = await client.request('evaluate.bytes', {
      ...{ jobId, name, from },
    });
    yield bytes;
    from = next;
  }
}

async function encoder(client: LabClient, args: Args): Promise<Answer> {
  const { name, recordings } = args.options;
  const job = await client.request('experts.importEncoder', {
    path: resolve(args.words[0]!),
    name: name!,
    recordings: resolve(recordings!),
  });
  return encoderTaken(await follow(client, job, resumeWith(args)));
}

export function encoderTaken(job: Job): Answer {
  const result = job.result as EncoderResult;
  const { encoderId, imageBytes, embeddingSize, multiplyAccumulates, arenaBytes, fusedLayers, failed } =
    result;
  const how = fusedLayers ? ` (${layersByRows(fusedLayers)})` : '';
  return {
    text:
      failed.map((one) => `not used: ${one.path}: ${one.message}\n`).join('') +
      `The encoder ${encoderId} fits a board: ${sizeText(imageBytes)} of flash, ${sizeText(arenaBytes)} for its activations${how}, ` +
      `${(multiplyAccumulates / 1e6).toFixed(1)} million multiply-accumulates a window, ${count(embeddingSize, 'number')}. ` +
      `Train with it: “curlew train FOLDER --encoder ${encoderId}”.`,
    json: result,
    exit: exitOfShare(result.recordings, failed.length),
  };
}

/** What was wrong with the data set, by name. */
const problemLines = (problems: Results['dataSet']['problems']): string[] =>
  problems.map(({ what, count: number, names, leftOut }) => {
    const more = number > names.length ? `, and ${grouped(number - names.length)} more` : '';
    return `${what} (${grouped(number)}, ${leftOut ? 'left out' : 'used'}): ${names.join(', ')}${more}`;
  });

/** What was left out was not done. */
const exitOfProblems = (problems: Results['dataSet']['problems']): number =>
  problems.some(({ leftOut }) => leftOut) ? exit.some : exit.done;

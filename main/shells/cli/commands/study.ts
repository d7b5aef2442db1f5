/** `curlew experts`, `train`, `evaluate`, `encoder`, `jobs`: from labelled recordings to a bank and a report. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { claimsOf } from '../../../../models/report/claims.ts';
import { reportCsv } from '../../../../models/report/files.ts';
import type { Results } from '../../../../models/report/results.ts';
import type { LabClient } from '../../../contract/client.ts';
import { CurlewError } from '../../../contract/error.ts';
import type { RequestParams } from '../../../contract/requests.ts';
import type { EncoderResult, EvaluateResult, Job, TrainResult } from '../../../contract/types.ts';
import { wholeNumber, type Args } from '../args.ts';
import { follow, kilobytes, percent, table, type Row } from '../output.ts';
import type { Answer } from './board.ts';

export async function experts(client: LabClient, args: Args): Promise<Answer> {
  const [action, word] = args.words;
  if (action === 'delete') {
    const bank = needed(word, 'experts delete BANK');
    await client.request('experts.deleteBank', { bank });
    return { text: `The bank ${bank} is deleted.`, json: { bank } };
  }
  const [list, routers, encoders] = await Promise.all([
    client.request('experts.list', {}),
    client.request('experts.routers', {}),
    client.request('experts.encoders', {}),
  ]);
  const rows = [...list, ...routers].map((one): Row => [
    one.id,
    one.bank,
    'precision' in one ? String(one.precision) : `router of ${one.experts.length}`,
    kilobytes(one.imageBytes),
    `${percent(one.accuracy)} ${one.heldOutFold === null ? 'validation' : `fold ${one.heldOutFold}`}`,
  ]);
  const ears = encoders.map((one): Row => [
    one.id,
    one.bank,
    `${one.embeddingSize} numbers`,
    kilobytes(one.imageBytes),
    '',
  ]);
  return {
    text: table(['id', 'bank', 'precision', 'image', 'accuracy'], [...rows, ...ears]),
    json: { experts: list, routers, encoders },
  };
}

export async function train(client: LabClient, args: Args): Promise<Answer> {
  const { heldout, name } = args.options;
  const job = await client.request('train.start', {
    ...trainingOf(args, 'train'),
    name: needed(name, 'train FOLDER --name NAME'),
    ...(heldout === undefined ? {} : { heldOutFold: wholeNumber(heldout, '--heldout', 0, 1000) }),
  });
  return trained(client, await follow(client, job));
}

async function trained(client: LabClient, job: Job): Promise<Answer> {
  const result = job.result as TrainResult;
  const { text } = await experts(client, { words: [] as string[] } as Args);
  const mine = text.split('\n').filter((line, i) => i < 2 || line.includes(` ${result.bank} `));
  return {
    text: [
      ...mine,
      ...problemLines(result.problems),
      `Trained the bank “${result.bank}”: deploy it with “curlew deploy --expert ID”.`,
    ].join('\n'),
    json: result,
  };
}

export async function evaluate(client: LabClient, args: Args): Promise<Answer> {
  const { on, grid, out, others } = args.options;
  const job = await client.request('evaluate.start', {
    ...trainingOf(args, 'evaluate'),
    ...(on ? { board: on } : {}),
    ...(others === undefined ? {} : { others: list(others) }),
    ...(grid === undefined
      ? {}
      : { gramsPerKwh: wholeNumber(grid, '--grid', 0, 5000), gridOrigin: 'set on the command line' }),
  });
  return evaluated(client, await follow(client, job), out);
}

async function evaluated(client: LabClient, job: Job, out: string | undefined): Promise<Answer> {
  const result = job.result as EvaluateResult;
  const file = async (name: string) => (await client.request('evaluate.file', { jobId: job.id, name })).text;
  const results = JSON.parse(await file('results.json')) as Results;
  if (out) {
    await mkdir(resolve(out), { recursive: true });
    for (const name of ['report.html', 'results.json', ...reportCsv(results).map((one) => one.name)]) {
      await writeFile(join(resolve(out), name), await file(name));
    }
  }
  const rows = [...results.experts, ...results.mixtures].map(({ name, scores, cost }): Row => {
    const { accuracy, weightedF1 } = scores;
    const spread = accuracy.deviation === null ? '' : ` ± ${percent(accuracy.deviation)}`;
    const energy = cost?.millijoule;
    return [
      name,
      `${percent(accuracy.mean)}${spread}`,
      weightedF1.pooled.value.toFixed(3),
      energy ? `${energy.value.toFixed(2)} mJ ${energy.source}` : '—',
    ];
  });
  const claims = claimsOf(results).map(({ claim, verdict, finding }) => `${verdict}: ${claim} ${finding}`);
  const text = [
    table(['model', 'accuracy over folds', 'weighted F1', 'an inference'], rows),
    ...problemLines(results.dataSet.problems),
    '',
    ...claims,
    '',
    out ? `Written to ${resolve(out)}: report.html and its tables.` : `The report lies in ${result.folder}.`,
  ].join('\n');
  return { text, json: { result, results } };
}

export async function encoder(client: LabClient, args: Args): Promise<Answer> {
  const usage = 'encoder FILE.onnx --name NAME --recordings FOLDER';
  const { name, recordings } = args.options;
  const job = await client.request('experts.importEncoder', {
    path: resolve(needed(args.words[0], usage)),
    name: needed(name, usage),
    recordings: resolve(needed(recordings, usage)),
  });
  const result = (await follow(client, job)).result as EncoderResult;
  const { encoderId, imageBytes, embeddingSize, multiplyAccumulates, arenaBytes, failed } = result;
  return {
    text:
      failed.map((one) => `not used: ${one.path}: ${one.message}\n`).join('') +
      `The encoder ${encoderId} fits a board: ${kilobytes(imageBytes)} of flash, ${kilobytes(arenaBytes)} for its activations, ` +
      `${(multiplyAccumulates / 1e6).toFixed(1)} million multiply-accumulates a window, ${embeddingSize} numbers. ` +
      `Train with it: “curlew train FOLDER --encoder ${encoderId}”.`,
    json: result,
  };
}

/** What an earlier lab left unfinished can be taken up again. */
export async function jobs(client: LabClient, args: Args): Promise<Answer> {
  const [action, word] = args.words;
  if (action === 'resume') {
    const job = await follow(
      client,
      await client.request('jobs.resume', { jobId: needed(word, 'jobs resume ID') }),
    );
    if (job.kind === 'train') return trained(client, job);
    if (job.kind === 'evaluate') return evaluated(client, job, args.options.out);
    return { text: `${job.title}: ${job.state}.`, json: job };
  }
  const all = await client.request('jobs.list', {});
  const rows = all.map((one): Row => [one.id, one.kind, one.state, one.title]);
  return { text: table(['id', 'kind', 'state', 'what'], rows), json: all };
}

/** What was wrong with the data set, by name. */
const problemLines = (problems: Results['dataSet']['problems']): string[] =>
  problems.map(({ what, count, names, leftOut }) => {
    const more = count > names.length ? `, and ${count - names.length} more` : '';
    return `${what} (${count}, ${leftOut ? 'left out' : 'used'}): ${names.join(', ')}${more}`;
  });

type Training = Omit<RequestParams<'train.start'>, 'name' | 'heldOutFold'>;

function trainingOf({ words, options }: Args, command: string): Training {
  const { layout, variant, bank, encoder: choice, augment, hidden, seed, epochs, topk, passes } = options;
  return {
    path: resolve(needed(words[0], `${command} FOLDER`)),
    ...(layout ? { layout: layout as NonNullable<Training['layout']> } : {}),
    ...(variant ? { variant: variant as NonNullable<Training['variant']> } : {}),
    ...(choice ? { encoder: choice } : {}),
    ...(bank ? { bank: list(bank) } : {}),
    ...(augment === undefined
      ? {}
      : { augmentation: list(augment) as NonNullable<Training['augmentation']> }),
    ...(hidden ? { hidden: list(hidden).map((width) => wholeNumber(width, '--hidden', 4, 2048)) } : {}),
    ...(seed ? { seed: wholeNumber(seed, '--seed', 0, 0x7fff_ffff) } : {}),
    ...(topk ? { topK: wholeNumber(topk, '--topk', 1, 8) } : {}),
    ...(passes ? { passes: wholeNumber(passes, '--passes', 0, 64) } : {}),
    ...(epochs ? { epochs: wholeNumber(epochs, '--epochs', 1, 10_000) } : {}),
  };
}

const list = (text: string): string[] => text.split(',').filter((one) => one !== '');

function needed(word: string | undefined, usage: string): string {
  if (word) return word;
  throw new CurlewError('REQUEST_INVALID', `Say more: “curlew ${usage}”. See “curlew --help”.`);
}

/** `curlew classify`: recordings in, classes and detections out. */
import { count, percent, span } from '../../../contract/figures.ts';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { LabClient } from '../../../contract/client.ts';
import { CurlewError, toCurlewError } from '../../../contract/error.ts';
import { allOf, pageLimit, textsOf } from '../../../contract/pieces.ts';
import type { ClassifiedFile, ClassifyResult, Detection, Job, TableFrom } from '../../../contract/types.ts';
import type { Output } from '../../../outputs.ts';
import type { Answer, Args, Commands } from '../command.ts';
import { exitOfShare } from '../exit.ts';
import { follow } from '../follow.ts';
import type { OptionName } from '../options.ts';
import { table, type Row } from '../output.ts';
import { outputsOf } from '../outputs-of.ts';
import { resumeWith } from '../resume.ts';
import { chooseExpert } from './board.ts';

export const tableOptions = ['csv', 'raven', 'overwrite'] as const satisfies OptionName[];

export const classifyCommands: Commands = {
  classify: {
    usage: 'FOLDER|FILE...',
    about: 'classify recordings with an expert',
    options: ['expert', ...tableOptions],
    check: (args) => placesOf(args),
    run: classify,
  },
};

async function classify(client: LabClient, args: Args): Promise<Answer> {
  const paths = args.words.map((word) => resolve(word));
  const tables = await placesOf(args);
  const job = await client.request('classify.start', { paths, modelId: await chooseExpert(client, args) });
  return classified(client, await follow(client, job, resumeWith(args)), tables);
}

const placesOf = async (args: Args): Promise<TableOutput[]> =>
  tablesOf(args, await filesAmong(args.words.map((word) => resolve(word))));

/** A table that was asked for, and the place that was found for it. */
type TableOutput = { format: 'csv' | 'raven'; output: Output };

/** @param reads files that no table may replace @throws CurlewError of `Outputs.file` */
export async function tablesOf(args: Args, reads: readonly string[] = []): Promise<TableOutput[]> {
  const outputs = outputsOf(args, reads);
  const tables: TableOutput[] = [];
  for (const format of ['csv', 'raven'] as const) {
    const path = args.options[format];
    if (path !== undefined) tables.push({ format, output: await outputs.file(path) });
  }
  return tables;
}

/** Of a folder only its recordings are read, and they are kept whatever is asked for. */
async function filesAmong(paths: readonly string[]): Promise<string[]> {
  const are = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        (status) => status.isFile(),
        () => false,
      ),
    ),
  );
  return paths.filter((_, i) => are[i]);
}

/** What a finished classification found, and its tables written. */
export async function classified(
  client: LabClient,
  job: Job,
  tables: readonly TableOutput[],
): Promise<Answer> {
  const result = job.result as ClassifyResult;
  const written = await writeTables(client, job.id, tables);
  const [files, detections] = await Promise.all([
    allOf<ClassifiedFile>((last) =>
      client.request('classify.files', { jobId: job.id, after: last?.fileId, limit: pageLimit }),
    ),
    allOf<Detection>((last) => {
      const after = last && { fileId: last.fileId, number: last.number };
      return client.request('classify.detections', { jobId: job.id, after, limit: pageLimit });
    }),
  ]);
  const heard = files.filter(({ state }) => state === 'classified');
  const rows = heard.map((file): Row => [
    file.path,
    file.label ?? 'none',
    file.probability === null ? '' : percent(file.probability),
    `${file.seconds.toFixed(1)} s`,
  ]);
  const speed = result.audioSeconds / Math.max(result.wallSeconds, 1e-3);
  const text = [
    table(['file', 'class', 'probability', 'length'], rows),
    ...heard.flatMap(({ path, notes }) =>
      notes.map(
        ({ level, text }) => `${level === 'damaged' ? 'classified in part' : 'note'}: ${path}: ${text}`,
      ),
    ),
    ...files.flatMap(({ path, error }) =>
      error === null ? [] : [`not classified: ${path}: ${error.message}`],
    ),
    `${count(result.files, 'file')}, ${count(result.windows, 'window')}, ${span(Math.round(result.audioSeconds) * 1000)} of sound, ${speed.toFixed(0)} × real time.`,
    ...written,
  ].join('\n');
  const damaged = heard.filter(isDamaged).length;
  const code = exitOfShare(result.files, result.failed + damaged);
  return { text, json: { result, files, detections }, exit: code };
}

/** @throws CurlewError of `Output.write`, saying that the job can be exported again */
export async function writeTables(
  client: LabClient,
  jobId: string,
  tables: readonly TableOutput[],
): Promise<string[]> {
  const lines: string[] = [];
  for (const { format, output } of tables) {
    const texts = textsOf<TableFrom>((from) => client.request('detections.export', { jobId, format, from }));
    try {
      await output.write(texts);
    } catch (thrown) {
      const { code, message, context } = toCurlewError(thrown);
      const again = `What was found is kept: “curlew jobs export ${jobId} --${format} FILE” writes it.`;
      throw new CurlewError(code, `${message} ${again}`, { ...context, jobId }, { cause: thrown });
    }
    lines.push(`Written: ${output.path}`);
  }
  return lines;
}

const isDamaged = ({ notes }: ClassifiedFile): boolean => notes.some(({ level }) => level === 'damaged');

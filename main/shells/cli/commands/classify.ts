/** `curlew classify`: recordings in, classes and detections out. */
import { count, percent, span } from '../../../contract/figures.ts';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { LabClient } from '../../../contract/client.ts';
import { allOf, pageLimit } from '../../../contract/pieces.ts';
import type { ClassifiedFile, ClassifyResult, Detection, Job } from '../../../contract/types.ts';
import type { Answer, Args, Commands } from '../command.ts';
import { exitOfShare } from '../exit.ts';
import { follow } from '../follow.ts';
import { table, type Row } from '../output.ts';
import { resumeWith } from '../resume.ts';
import { chooseExpert } from './board.ts';
import { tableOptions, tablesOf, writeTables, type TableOutput } from './detection-outputs.ts';

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
    ...files.flatMap(({ path, state, error }) =>
      state === 'failed' && error ? [`not classified: ${path}: ${error.message}`] : [],
    ),
    ...leftOut(files),
    `${count(result.files, 'file')}, ${count(result.windows, 'window')}, ${span(Math.round(result.audioSeconds) * 1000)} of sound, ${speed.toFixed(0)} × real time.`,
    ...written,
  ].join('\n');
  const damaged = heard.filter(isDamaged).length;
  const code = exitOfShare(result.files, result.failed + result.leftOut + damaged);
  return { text, json: { result, files, detections }, exit: code };
}

/** By format, with the first of each: a card may hold thousands of one. */
function leftOut(files: readonly ClassifiedFile[]): string[] {
  const byFormat = new Map<string, ClassifiedFile[]>();
  for (const file of files) {
    if (file.state === 'leftOut') byFormat.set(file.format, [...(byFormat.get(file.format) ?? []), file]);
  }
  return [...byFormat].map(
    ([format, some]) => `left out: ${count(some.length, 'file')} of ${format}: ${some[0]!.error?.message}`,
  );
}

const isDamaged = ({ notes }: ClassifiedFile): boolean => notes.some(({ level }) => level === 'damaged');

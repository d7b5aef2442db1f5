/** `curlew classify`: recordings in, classes and detections out. */
import { count, span } from '../../../contract/figures.ts';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { LabClient } from '../../../contract/client.ts';
import { allOf, pageLimit, pagesOf } from '../../../contract/pieces.ts';
import type { ClassifiedFile, ClassifyResult, Detection, Job } from '../../../contract/types.ts';
import { CurlewError } from '../../../contract/error.ts';
import { requireApart } from '../../../detections/apart.ts';
import type { Answer, Args, Commands } from '../command.ts';
import { exitOfShare } from '../exit.ts';
import { follow } from '../follow.ts';
import { resumeWith } from '../resume.ts';
import { chooseExpert } from './board.ts';
import { settingOptions, settingsOf } from './classify-settings.ts';
import { tableOptions, tablesOf, writeTables, type TableOutput } from './detection-outputs.ts';
import { filesTold } from './files-told.ts';

export const classifyCommands: Commands = {
  classify: {
    usage: '[FOLDER|FILE...]',
    about: 'classify recordings with an expert, a router or a model of your own',
    options: ['expert', ...settingOptions, 'like', 'watch', ...tableOptions],
    check: (args) => {
      settingsOf(args.options);
      if (args.words.length === 0 && args.options.like === undefined)
        throw new CurlewError(
          'REQUEST_INVALID',
          'Say what is classified: a folder or files, or --like RUN for those of an earlier run.',
        );
      return placesOf(args, pathsSaid(args));
    },
    run: classify,
  },
};

async function classify(client: LabClient, args: Args): Promise<Answer> {
  const { watch = false, like } = args.options;
  const paths = like !== undefined && args.words.length === 0 ? null : pathsSaid(args);
  const tables = await placesOf(args, paths ?? (await pathsOfRun(client, like!)));
  const job = await begun(client, args, { paths, watch });
  const finish = watch ? (jobId: string) => client.request('classify.finish', { jobId }) : null;
  return classified(client, await follow(client, job, resumeWith(args), finish), tables, args.json);
}

/** With what was said, or as the run that is named. */
async function begun(
  client: LabClient,
  args: Args,
  { paths, watch }: { paths: string[] | null; watch: boolean },
): Promise<Job> {
  const { like } = args.options;
  const settings = settingsOf(args.options);
  if (like === undefined) {
    const modelId = await chooseExpert(client, args, { routers: true, models: true });
    return client.request('classify.start', { paths: paths ?? [], watch, modelId, settings });
  }
  if (args.options.expert !== undefined || Object.keys(settings).length > 0) {
    throw new CurlewError(
      'REQUEST_INVALID',
      '--like takes expert and settings of that run: leave --expert and the settings out.',
    );
  }
  const { id } = await client.request('jobs.get', { jobId: like });
  return client.request('classify.repeat', { ...(paths && { paths }), watch, jobId: id });
}

const pathsSaid = ({ words }: Args): string[] => words.map((word) => resolve(word));

/** What a run before read; none where that was not kept, which its repeating tells. */
const pathsOfRun = async (client: LabClient, jobId: string): Promise<readonly string[]> =>
  (await client.request('classify.provenance', { jobId }))?.paths ?? [];

/** @param paths that are classified */
async function placesOf(args: Args, paths: readonly string[]): Promise<TableOutput[]> {
  const { clips, sites } = args.options;
  if (clips !== undefined) await requireApart(clips, [...paths]);
  return tablesOf(args, await filesAmong([...paths, ...(sites ? [resolve(sites)] : [])]));
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
  json: boolean,
): Promise<Answer> {
  const result = job.result as ClassifyResult;
  const written = await writeTables(client, job.id, tables, { begun: true });
  const pages = pagesOf<ClassifiedFile>((last) =>
    client.request('classify.files', { jobId: job.id, after: last?.fileId, limit: pageLimit }),
  );
  // All of them only where they are asked for.
  const files: ClassifiedFile[] = [];
  const told = await filesTold(json ? keptIn(files, pages) : pages);
  const detections = json ? await detectionsOf(client, job.id) : null;
  const speed = result.audioSeconds / Math.max(result.wallSeconds, 1e-3);
  const text = [
    ...told.lines,
    `${count(result.files, 'file')}, ${count(result.windows, 'window')}, ${span(Math.round(result.audioSeconds) * 1000)} of sound, ${speed.toFixed(0)} × real time.`,
    ...written,
  ].join('\n');
  const code = exitOfShare(result.files, result.failed + result.leftOut + told.damaged);
  return { text, json: { result, files, detections }, exit: code };
}

async function* keptIn<T>(all: T[], pages: AsyncIterable<T[]>): AsyncGenerator<T[]> {
  for await (const page of pages) {
    all.push(...page);
    yield page;
  }
}

/** All of them: only where they are asked for, since there may be a million. */
const detectionsOf = (client: LabClient, jobId: string): Promise<Detection[]> =>
  allOf((last) => {
    const after = last && { fileId: last.fileId, number: last.number };
    return client.request('classify.detections', { jobId, after, limit: pageLimit });
  });

/** `curlew classify`: recordings in, classes and detections out. */
import { count, span } from '../../../contract/figures.ts';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { LabClient } from '../../../contract/client.ts';
import { allOf, pageLimit, pagesOf } from '../../../contract/pieces.ts';
import type {
  ClassifiedFile,
  ClassifyResult,
  ClassifySettingsGiven,
  Detection,
  Job,
  Provenance,
} from '../../../contract/types.ts';
import { CurlewError } from '../../../contract/error.ts';
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
    usage: 'FOLDER|FILE...',
    about: 'classify recordings with an expert, a router or a model of your own',
    options: ['expert', ...settingOptions, 'like', 'watch', ...tableOptions],
    check: (args) => {
      settingsOf(args.options);
      return placesOf(args);
    },
    run: classify,
  },
};

async function classify(client: LabClient, args: Args): Promise<Answer> {
  const paths = args.words.map((word) => resolve(word));
  const tables = await placesOf(args);
  const { watch = false } = args.options;
  const job = await client.request('classify.start', { paths, watch, ...(await wishOf(client, args)) });
  const finish = watch ? (jobId: string) => client.request('classify.finish', { jobId }) : null;
  return classified(client, await follow(client, job, resumeWith(args), finish), tables, args.json);
}

/** What answers, and how: as was said, or as in the run that is named. */
async function wishOf(
  client: LabClient,
  args: Args,
): Promise<{ modelId: string; settings: ClassifySettingsGiven }> {
  const { like } = args.options;
  const settings = settingsOf(args.options);
  if (like === undefined)
    return { modelId: await chooseExpert(client, args, { routers: true, models: true }), settings };
  if (args.options.expert !== undefined || Object.keys(settings).length > 0) {
    throw new CurlewError(
      'REQUEST_INVALID',
      '--like takes expert and settings of that run: leave --expert and the settings out.',
    );
  }
  const { id } = await client.request('jobs.get', { jobId: like });
  const run = await client.request('classify.provenance', { jobId: id });
  if (run === null) {
    throw new CurlewError('NOT_CAPABLE', `How job ${id} was made was not kept: it is of an older Curlew.`);
  }
  await mustBeTheSame(client, run);
  return { modelId: run.modelId, settings: run.settings };
}

/** @throws CurlewError EXPERT_NOT_FOUND where it has gone, or another has its name */
async function mustBeTheSame(client: LabClient, { modelId, images }: Provenance): Promise<void> {
  const members = [
    ...(await client.request('experts.list', {})),
    ...(await client.request('experts.routers', {})),
  ];
  const model = (await client.request('models.list', {})).find(({ id }) => id === modelId);
  const found =
    members.find(({ id }) => id === modelId)?.imageSha256 ?? (model?.description.head ?? model)?.sha256;
  if (found !== undefined && found === images[0]?.sha256) return;
  throw new CurlewError(
    'EXPERT_NOT_FOUND',
    found
      ? `“${modelId}” is not what it was in that run: it is another now. Take in the bank, or the model, of then under another name.`
      : `“${modelId}”, which answered in that run, is no expert, router or model of this lab any more.`,
    { modelId },
  );
}

const placesOf = async (args: Args): Promise<TableOutput[]> =>
  tablesOf(
    args,
    await filesAmong(
      [...args.words, ...(args.options.sites ? [args.options.sites] : [])].map((one) => resolve(one)),
    ),
  );

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
  const written = await writeTables(client, job.id, tables);
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

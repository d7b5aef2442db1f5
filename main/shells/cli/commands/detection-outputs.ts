/** Where and how detections are written: the options of every command that writes them. */
import { resolve } from 'node:path';
import type { LabClient } from '../../../contract/client.ts';
import { CurlewError, toCurlewError } from '../../../contract/error.ts';
import { count } from '../../../contract/figures.ts';
import type {
  ClipSettings,
  DetectionFilterGiven,
  WriteFormat,
  WrittenDetections,
} from '../../../contract/types.ts';
import { runPath } from '../../../detections/write.ts';
import type { Args } from '../command.ts';
import type { OptionName } from '../options.ts';
import { outputsOf } from '../outputs-of.ts';

const files = {
  csv: 'csv',
  raven: 'raven',
  parquet: 'parquet',
  'json-lines': 'json',
  birdnet: 'birdnet',
  kaleidoscope: 'kaleidoscope',
} as const satisfies Partial<Record<OptionName, WriteFormat>>;
const folders = {
  'raven-files': 'ravenFiles',
  'audacity-files': 'audacityFiles',
  clips: 'clips',
} as const satisfies Partial<Record<OptionName, WriteFormat>>;
type FileOption = keyof typeof files;
type FolderOption = keyof typeof folders;
const fileOptions = Object.keys(files) as FileOption[];
const folderOptions = Object.keys(folders) as FolderOption[];

export const tableOptions: readonly OptionName[] = [...fileOptions, ...folderOptions, 'overwrite'];

/** The options of these that were given. */
export const tablesNamed = ({ options }: Pick<Args, 'options'>): string[] =>
  [...fileOptions, ...folderOptions].filter((name) => options[name] !== undefined);

/** What was asked for, at a place that was found fit. */
export interface TableOutput {
  option: FileOption | FolderOption;
  format: WriteFormat;
  /** As the person wrote it. */
  path: string;
  overwrite: boolean;
}

/** @param reads files that nothing may replace @throws CurlewError of `Outputs` */
export async function tablesOf(args: Args, reads: readonly string[] = []): Promise<TableOutput[]> {
  const outputs = outputsOf(args, reads);
  const overwrite = args.options.overwrite ?? false;
  const tables: TableOutput[] = [];
  for (const option of fileOptions) {
    const path = args.options[option];
    if (path === undefined) continue;
    await outputs.file(path);
    await outputs.file(runPath(path));
    tables.push({ option, format: files[option], path, overwrite });
  }
  for (const option of folderOptions) {
    const path = args.options[option];
    if (path === undefined) continue;
    await outputs.folder(path, ['run.json']);
    tables.push({ option, format: folders[option], path, overwrite });
  }
  return tables;
}

/**
 * The lab writes them itself.
 * @param begun whether work went before that is not told of by “nothing was begun”, whatever cannot be written
 * @throws CurlewError of `detections.write`, saying that the job can be exported again
 */
export async function writeTables(
  client: LabClient,
  jobId: string,
  tables: readonly TableOutput[],
  {
    filter,
    clips,
    begun = false,
  }: { filter?: DetectionFilterGiven; clips?: Partial<ClipSettings>; begun?: boolean } = {},
): Promise<string[]> {
  const lines: string[] = [];
  for (const { option, format, path, overwrite } of tables) {
    const asked = {
      jobId,
      format,
      path: resolve(path),
      overwrite,
      ...(filter && { filter }),
      ...(clips && { clips }),
    };
    try {
      lines.push(...told(path, await client.request('detections.write', asked)));
    } catch (thrown) {
      const { code, message, context } = toCurlewError(thrown);
      const again = `What was found is kept: “curlew jobs export ${jobId} --${option} ${option in files ? 'FILE' : 'FOLDER'}” writes it.`;
      throw new CurlewError(
        code,
        `${message} ${again}`,
        { ...context, jobId, begun: begun || lines.length > 0 },
        { cause: thrown },
      );
    }
  }
  return lines;
}

function told(path: string, { files: made, detections, failed }: WrittenDetections): string[] {
  const what = made === 1 ? '' : ` (${count(made, 'file')})`;
  return [
    made === 0
      ? `Nothing to write to ${path}.`
      : `Written: ${path}${what}, ${count(detections, 'detection')}`,
    ...failed.map((one) => `no clip of ${one.path}: ${one.message}`),
  ];
}

/** `curlew telemetry export`: what boards recorded as one table. */
import { extname, resolve } from 'node:path';
import type { LabClient } from '../../../../contract/client.ts';
import { CurlewError } from '../../../../contract/error.ts';
import { count } from '../../../../contract/figures.ts';
import type { ExportFormat, ExportLevel } from '../../../../contract/types.ts';
import { dateOf } from '../../args.ts';
import type { Answer, Args, Commands } from '../../command.ts';
import { follow } from '../../follow.ts';
import { sizeText } from '../../output.ts';
import { outputsOf } from '../../outputs-of.ts';
import { boardsOf } from './boards.ts';

export const exportCommands: Commands = {
  'telemetry export': {
    usage: 'FILE [BOARD...]',
    about: 'what boards recorded, all of them unless some are named, as one table: FILE.csv or FILE.parquet',
    options: ['group', 'level', 'since', 'until', 'overwrite'],
    check: async (args) => {
      formatOf(args.words[0]!);
      times(args);
      await outputsOf(args).file(args.words[0]!);
    },
    run: exportRecords,
  },
};

async function exportRecords(client: LabClient, args: Args): Promise<Answer> {
  const [file, ...words] = args.words as [string, ...string[]];
  const boards = await boardsOf(client, words, args);
  if (boards.length === 0 && args.options.group !== undefined)
    throw new CurlewError('BOARD_NOT_FOUND', `The group “${args.options.group}” has no boards.`);
  const started = await client.request('telemetry.export', {
    ...{ path: resolve(file), format: formatOf(file), ...times(args) },
    level: (args.options.level ?? 'records') as ExportLevel,
    boardIds: boards.map(({ board }) => board.id),
    overwrite: args.options.overwrite ?? false,
  });
  const job = await follow(client, started, null);
  if (job.result?.kind !== 'export') return { text: `${job.title}: ${job.state}.`, json: job };
  const { path, rows, bytes } = job.result;
  return { text: `${count(rows, 'row')} written to ${path}, ${sizeText(bytes)}.`, json: job.result };
}

function times({ options: { since, until } }: Args): { fromMs?: number; toMs?: number } {
  return {
    ...(since !== undefined && { fromMs: dateOf(since, '--since') }),
    ...(until !== undefined && { toMs: dateOf(until, '--until') }),
  };
}

function formatOf(file: string): ExportFormat {
  const ending = extname(file).toLowerCase();
  if (ending === '.csv') return 'csv';
  if (ending === '.parquet') return 'parquet';
  throw new CurlewError(
    'REQUEST_INVALID',
    `“${file}” does not say what to write: end its name with .csv or .parquet.`,
  );
}

/** `curlew fleet update`: boards brought to what is wanted of them, and what became of each. */
import type { LabClient } from '../../../../contract/client.ts';
import { CurlewError } from '../../../../contract/error.ts';
import { count } from '../../../../contract/figures.ts';
import type { BoardUpdate, Job } from '../../../../contract/types.ts';
import type { Answer, Args, Commands } from '../../command.ts';
import { exitOfShare } from '../../exit.ts';
import { follow } from '../../follow.ts';
import { table, type Row } from '../../output.ts';
import { resumeWith } from '../../resume.ts';
import { boardsOf } from './boards.ts';

export const updateCommands: Commands = {
  'fleet update': {
    usage: '[BOARD...]',
    about: 'brings boards to the settings and the bank that are wanted of them, many at a time',
    options: ['group', 'when-met'],
    run: update,
  },
  'fleet retry': {
    usage: 'JOB',
    about: 'the same of the boards that failed in such a job, alone',
    options: ['when-met'],
    run: retry,
  },
};

async function update(client: LabClient, args: Args): Promise<Answer> {
  const boards = await boardsOf(client, args.words, args);
  if (boards.length === 0) {
    throw new CurlewError(
      'REQUEST_INVALID',
      'Say which boards: by serial number or name, or with --group NAME.',
    );
  }
  return run(
    client,
    boards.map(({ board }) => board.id),
    args,
  );
}

async function retry(client: LabClient, args: Args): Promise<Answer> {
  const { result, title, state } = await client.request('jobs.get', { jobId: args.words[0]! });
  if (result?.kind !== 'update') {
    throw new CurlewError('REQUEST_INVALID', `“${title}” is ${state}, and tells of no boards that failed.`);
  }
  const failed = result.boards.filter(({ outcome }) => outcome === 'failed');
  if (failed.length === 0) return { text: `No board failed in “${title}”.`, json: result };
  return run(
    client,
    failed.map(({ boardId }) => boardId),
    args,
  );
}

async function run(client: LabClient, boardIds: string[], args: Args): Promise<Answer> {
  const whenMet = args.options['when-met'] ?? false;
  const job = await client.request('fleet.update', { boardIds, whenMet });
  return updated(await follow(client, job, resumeWith(args)));
}

/** What became of each board. */
export function updated(job: Job): Answer {
  if (job.result?.kind !== 'update') return { text: `${job.title}: ${job.state}.`, json: job };
  const { boards } = job.result;
  const failed = boards.filter(({ outcome }) => outcome === 'failed');
  const waiting = boards.filter(({ outcome }) => outcome === 'waiting').length;
  const rows = boards.map((one): Row => [one.boardId, one.boardName, one.outcome, whatOf(one)]);
  const text = [
    table(['board', 'name', '', 'what'], rows),
    ...(waiting > 0 ? [`${count(waiting, 'board')}: seen to when met.`] : []),
    ...(failed.length > 0 ? [`Again, with those that failed: “curlew fleet retry ${job.id}”.`] : []),
  ].join('\n');
  const spoilt = failed.length + waiting;
  return { text, json: job, exit: exitOfShare(boards.length - spoilt, spoilt) };
}

const whatOf = ({ did, error }: BoardUpdate): string =>
  [...did, ...(error ? [error.message] : [])].join('; ');

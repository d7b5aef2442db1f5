/** `curlew infer`: recordings played at a board, and what it answered. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { argmax, meanSoftmax } from '../../../../models/evaluation/probability.ts';
import type { LabClient } from '../../../contract/client.ts';
import { count, percent } from '../../../contract/figures.ts';
import { allOf, pageLimit } from '../../../contract/pieces.ts';
import type { Job, Played, PlayResult, WindowResult } from '../../../contract/types.ts';
import type { Answer, Args, Commands } from '../command.ts';
import { exitOfShare } from '../exit.ts';
import { follow } from '../follow.ts';
import { energyText, table, timeText, type Row } from '../output.ts';
import { resumeWith } from '../resume.ts';
import { boardOptions, chooseBoard } from './board.ts';

export const inferCommands: Commands = {
  infer: {
    usage: 'FOLDER|FILE...',
    about: 'play recordings at the board, one after another',
    options: boardOptions,
    run: infer,
  },
};

interface Answered {
  played: Played;
  windows: WindowResult[];
}

async function infer(client: LabClient, args: Args): Promise<Answer> {
  const board = await chooseBoard(client, args);
  const paths = args.words.map((word) => resolve(word));
  const [path = ''] = paths;
  // One file that cannot be played is a failure; among several it is passed over.
  const source =
    paths.length === 1 && !(await isFolder(path))
      ? { kind: 'file' as const, path }
      : { kind: 'files' as const, paths };
  const job = await client.request('play.start', { boardId: board.id, source });
  return answered(client, await follow(client, job, resumeWith(args)));
}

/** What a finished job of playing was answered. */
export async function answered(client: LabClient, job: Job): Promise<Answer> {
  const result = job.result as PlayResult;
  const all: Answered[] = [];
  for (const played of await playsOf(client, job.id))
    all.push({ played, windows: await windowsOf(client, played) });
  const heard = all.filter(({ windows }) => windows.length > 0);
  const [first] = heard;
  const text = [
    ...(first ? [`${first.played.boardName}: ${namesOf(first.played)}`] : []),
    heard.length === 1 && first ? windowTable(first) : recordingTable(heard),
    ...result.failed.map((one) => `not played: ${one.path}: ${one.message}`),
    ...(all.length > 1
      ? [`${count(result.recordings, 'recording')}, ${count(result.windows, 'window')}.`]
      : []),
  ].join('\n');
  return {
    text,
    json: { result, recordings: all },
    exit: exitOfShare(result.recordings, result.failed.length),
  };
}

const playsOf = (client: LabClient, jobId: string): Promise<Played[]> =>
  allOf<Played>((last) => client.request('play.recordings', { jobId, after: last?.id, limit: pageLimit }));

export const windowsOf = (client: LabClient, { id }: Pick<Played, 'id'>): Promise<WindowResult[]> =>
  allOf<WindowResult>((last) =>
    client.request('play.windows', { playedId: id, afterS: last?.startS, limit: pageLimit }),
  );

/** The windows of the one recording that a job played. */
export async function windowsOfJob(client: LabClient, { id }: Job): Promise<WindowResult[]> {
  const [played] = await playsOf(client, id);
  return played ? windowsOf(client, played) : [];
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (status) => status.isDirectory(),
    () => false,
  );

const namesOf = ({ bank }: Played): string =>
  bank === null ? 'an expert that was not noted' : (bank.router?.name ?? bank.experts[0]?.name ?? '');

const latencyOf = ({ latencyUs }: WindowResult) => latencyUs.reduce((sum, us) => sum + us, 0);

function windowTable({ played, windows }: Answered): string {
  const routed = Boolean(played.bank?.router);
  const rows = windows.map((one): Row => [
    one.startS.toFixed(2),
    one.label,
    one.topProbability.toFixed(3),
    one.entropy.toFixed(3),
    ...(routed ? [played.bank?.experts[one.place]?.name ?? ''] : []),
    `${timeText(latencyOf(one))} ${one.latencySource}`,
    one.energySource === 'none' ? '—' : `${energyText(one.energyNanojoule)} ${one.energySource}`,
  ]);
  const head = ['second', 'class', 'p', 'entropy', ...(routed ? ['expert'] : []), 'latency', 'energy'];
  return table(head, rows);
}

function recordingTable(all: readonly Answered[]): string {
  const rows = all.map(({ played, windows }): Row => {
    const { label, probability } = clipOf(windows);
    const latency = windows.reduce((sum, one) => sum + latencyOf(one), 0) / windows.length;
    const what = played.source.kind === 'file' ? played.source.path : played.source.clipId;
    const source = windows[0]?.latencySource ?? 'none';
    return [what, label, percent(probability), windows.length, `${timeText(latency)} ${source}`];
  });
  return table(['recording', 'class', 'probability', 'windows', 'latency'], rows);
}

/** The class of a whole recording: the largest of its windows' mean probabilities. */
function clipOf(windows: readonly WindowResult[]): { label: string; probability: number } {
  const mean = meanSoftmax(windows.map(({ logits }) => logits));
  const top = argmax(mean);
  const named = windows.find(({ classIndex }) => classIndex === top);
  return { label: named?.label ?? `class ${top}`, probability: mean[top] ?? 0 };
}

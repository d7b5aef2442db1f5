/** `curlew fleet overview` and `curlew fleet drift`: what boards did, and whether what they say has moved. */
import type { LabClient } from '../../../../contract/client.ts';
import { CurlewError } from '../../../../contract/error.ts';
import {
  count,
  dateTime,
  decibels,
  duration,
  energy,
  grouped,
  inOne,
  percent,
} from '../../../../contract/figures.ts';
import { driftText } from '../../../../fleet/contract/drift-words.ts';
import type { Answer, Args, Commands } from '../../command.ts';
import { table, type Row } from '../../output.ts';
import { fleetOf, nameOf } from './boards.ts';

const usualHours = 24;
const mostHours = 24 * 36_500;

export const fleetWatchCommands: Commands = {
  'fleet overview': {
    usage: '[HOURS]',
    about: `what each board recorded in the last hours (${usualHours} unless said): latency, energy, doubt, sound`,
    options: [],
    run: overview,
  },
  'fleet drift': {
    usage: '',
    about: 'boards whose answers have moved, against their weeks before and their neighbours',
    options: [],
    run: drift,
  },
};

async function overview(client: LabClient, { words }: Args): Promise<Answer> {
  const hours = Number(words[0] ?? usualHours);
  if (!Number.isInteger(hours) || hours < 1 || hours > mostHours) {
    throw new CurlewError(
      'REQUEST_INVALID',
      `“${words[0]}” is no number of hours: give a whole one, 1 to ${mostHours}.`,
    );
  }
  const [rows, names] = await Promise.all([client.request('fleet.overview', { hours }), namesOf(client)]);
  const lines = rows.map((one): Row => [
    one.boardId,
    names.get(one.boardId) ?? '',
    grouped(one.records),
    one.latencyUs === null ? '—' : inOne(duration(one.latencyUs.p50)),
    one.latencyUs === null ? '—' : inOne(duration(one.latencyUs.p95)),
    one.latencySource,
    one.energyNanojoule === null ? '—' : inOne(energy(one.energyNanojoule.mean)),
    one.energySource,
    one.topProbability?.toFixed(2) ?? '—',
    one.curiosity?.toFixed(3) ?? '—',
    one.levelDb === null ? '—' : decibels(one.levelDb),
    one.noiseFloorDb === null ? '—' : decibels(one.noiseFloorDb),
    one.clippedShare === null ? '—' : percent(one.clippedShare, 2),
    dateTime(one.lastMs),
  ]);
  const head = [
    ...[
      'board',
      'name',
      'records',
      'latency p50',
      'p95',
      'source',
      'energy each',
      'source',
      'top probability',
    ],
    ...['curiosity', 'level', 'noise floor', 'clipped', 'last records from'],
  ];
  const none = `No board recorded anything in the last ${count(hours, 'hour')}.`;
  return { text: lines.length === 0 ? none : table(head, lines), json: rows };
}

async function drift(client: LabClient): Promise<Answer> {
  const [found, names] = await Promise.all([client.request('fleet.drift', {}), namesOf(client)]);
  const rows = found.boards.map((one): Row => [
    one.boardId,
    names.get(one.boardId) ?? '',
    one.drifting ? 'drifting' : one.state === 'judged' ? 'steady' : '—',
    driftText(one),
  ]);
  const text = [
    `As of ${dateTime(found.atMs)}; of what is told as drifting, one in ${Math.round(1 / found.falseShare)} may be chance.`,
    rows.length === 0 ? 'The lab knows no board.' : table(['board', 'name', 'drift', 'why'], rows),
  ].join('\n');
  return { text, json: found };
}

async function namesOf(client: LabClient): Promise<Map<string, string>> {
  return new Map((await fleetOf(client)).map((one) => [one.board.id, nameOf(one)]));
}

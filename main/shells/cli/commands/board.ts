/** Commands about boards: boards, deploy, telemetry. */
import { count, percent } from '../../../contract/figures.ts';
import { resolve } from 'node:path';
import type { LabClient } from '../../../contract/client.ts';
import { CurlewError } from '../../../contract/error.ts';
import type { Board, DeployResult } from '../../../contract/types.ts';
import { behindName, recordsHeld, transferOf } from '../../../contract/words.ts';
import { dateOf } from '../args.ts';
import type { Answer, Args, Commands } from '../command.ts';
import { confirmed } from '../confirm.ts';
import { exit } from '../exit.ts';
import { follow } from '../follow.ts';
import type { OptionName } from '../options.ts';
import { sizeText, energyText, timeText, table, type Row } from '../output.ts';
import { chosenOf, knownOf, nameOf } from './fleet/boards.ts';

export const boardOptions = ['board', 'port', 'baud', 'emulated'] as const satisfies OptionName[];

export const boardCommands: Commands = {
  boards: {
    usage: '',
    about: 'boards that are attached, and ports',
    options: ['port', 'baud', 'emulated'],
    run: boards,
  },
  deploy: {
    usage: '',
    about: 'upload, verify and activate an expert, or a router with its experts',
    options: [...boardOptions, 'expert', 'image', 'sign'],
    run: deploy,
  },
  telemetry: {
    usage: '',
    about: 'latency and energy that the board reported',
    options: boardOptions,
    run: telemetry,
  },
  'telemetry delete': {
    usage: '',
    about: 'deletes what a board recorded, all or what is older than a date, after asking',
    options: ['board', 'before', 'yes'],
    run: deleteTelemetry,
  },
  'port identify': {
    usage: 'PORT',
    about: 'which device is behind a port, by its USB and by what it answers; attaches nothing',
    options: ['baud'],
    run: identifyPort,
  },
  'port remove': {
    usage: 'PORT',
    about: 'takes away a port that the lab made, and the flash of its board, after asking',
    options: ['yes'],
    run: removePort,
  },
};

/**
 * The board that is meant: the port's, a new emulated one, the named one, or the only one, under the name that a person
 * gave it.
 * @param away whether one that is not there will do, where none is
 * @throws CurlewError BOARD_NOT_FOUND
 */
export async function chooseBoard(client: LabClient, { options }: Args, away = false): Promise<Board> {
  const { port: portId, emulated: machine } = options;
  if (portId) {
    const baudRate = Number(options.baud ?? '921600');
    return chosenOf(client, (await client.request('boards.attach', { portId, baudRate })).id, away);
  }
  if (machine) return chosenOf(client, (await client.request('boards.addQemu', { machine })).id, away);
  return chosenOf(client, options.board, away);
}

const expertOf = ({ activeRouter, activeExpert }: Board) =>
  activeRouter
    ? `${activeRouter.name} (${count(activeRouter.experts, 'expert')}, version ${activeRouter.version})`
    : activeExpert
      ? `${activeExpert.name} (${behindName(activeExpert)})`
      : '—';
const simulatedOf = ({ simulated }: Board) => (simulated ? ' (simulated)' : '');

async function boards(client: LabClient, args: Args): Promise<Answer> {
  if (args.options.port || args.options.emulated) await chooseBoard(client, args);
  const [all, listing] = await Promise.all([knownOf(client), client.request('ports.list', {})]);
  const text = [
    table(
      ['board', 'name', 'state', 'kind', 'expert', 'framing', 'port'],
      all.map((one): Row => {
        const { id, state, kind, framing, portId } = one.board;
        const name = nameOf(one) + simulatedOf(one.board);
        return [id, name, state, kind, expertOf(one.board), framing, portId];
      }),
    ),
    '',
    table(
      ['port', 'kind', 'what'],
      listing.ports.map(({ id, kind, label, device }): Row => [id, kind, device?.what ?? label]),
    ),
    ...(listing.problem ? ['', listing.problem] : []),
  ].join('\n');
  return {
    text,
    json: { boards: all.map(({ board }) => board), ...listing },
    exit: listing.problem === null ? exit.done : exit.some,
  };
}

async function deploy(client: LabClient, args: Args): Promise<Answer> {
  const board = await chooseBoard(client, args);
  const images = args.options.image ?? [];
  const signing = args.options.sign ? { signWith: args.options.sign } : {};
  const job =
    images.length > 0
      ? await client.request('deploy.files', {
          boardId: board.id,
          paths: images.map((path) => resolve(path)),
          ...signing,
        })
      : await client.request('deploy.start', {
          boardId: board.id,
          expertId: await chooseExpert(client, args, { routers: true }),
          ...signing,
        });
  const result = (await follow(client, job, null)).result as DeployResult;
  const where = [...result.slots, ...(result.router === null ? [] : [result.router])];
  const text =
    `${job.title}: ${sentWords(result)}; ` +
    `verified and active in ${where.length > 1 ? 'slots' : 'slot'} ${where.join(', ')}.`;
  return { text, json: result };
}

/** What a deployment sent, in words. */
export function sentWords(result: DeployResult): string {
  const transfer = transferOf(result);
  if (transfer === null) return sizeText(result.bytes);
  const { sentBytes, heldBytes, seconds, lineShare } = transfer;
  if (sentBytes === 0) return `nothing to send, all ${sizeText(heldBytes)} were there already`;
  const share = lineShare === null ? '' : `, ${percent(lineShare)} of the line`;
  const held = heldBytes === 0 ? '' : `, ${sizeText(heldBytes)} were there already`;
  return `${sizeText(sentBytes)} sent in ${seconds.toFixed(2)} s${share}${held}`;
}

/** What may be named with --expert, by its id. */
export async function chooseExpert(
  client: LabClient,
  { options }: Args,
  { routers = false, models = false } = {},
): Promise<string> {
  const experts = [
    ...(await client.request('experts.list', {})),
    ...(routers ? await client.request('experts.routers', {}) : []),
    ...(models ? await client.request('models.list', {}) : []),
  ];
  const found = options.expert ? experts.find((one) => one.id === options.expert) : experts[0];
  if (found) return found.id;
  const ids = experts.map((one) => one.id).join(', ');
  throw new CurlewError(
    'EXPERT_NOT_FOUND',
    `The bank has no expert “${options.expert ?? ''}” (it has ${ids}).`,
  );
}

async function telemetry(client: LabClient, args: Args): Promise<Answer> {
  const board = await chooseBoard(client, args);
  const [summary, records] = await Promise.all([
    client.request('telemetry.summary', { boardId: board.id }),
    client.request('telemetry.records', { boardId: board.id, limit: 20 }),
  ]);
  const { latencyUs, energyNanojoule } = summary;
  const rows: Row[] = [
    ['records', summary.records, ''],
    ['missing', summary.missing, 'from the sequence numbers'],
    ...(latencyUs
      ? (['p50', 'p95', 'p99'] as const).map((p): Row => [
          `latency ${p}`,
          timeText(latencyUs[p]),
          summary.latencySource,
        ])
      : []),
    ...(energyNanojoule
      ? [
          ['energy an inference', energyText(energyNanojoule.mean), summary.energySource],
          ['energy in all', energyText(energyNanojoule.total), summary.energySource],
        ]
      : []),
  ];
  return {
    text: `${board.name}${simulatedOf(board)}\n${table(['what', 'figure', 'source'], rows)}`,
    json: { summary, records },
  };
}

async function deleteTelemetry(client: LabClient, args: Args): Promise<Answer> {
  const { before } = args.options;
  const when = before === undefined ? {} : { beforeMs: dateOf(before, '--before') };
  const { id: boardId, name } = await chooseBoard(client, args, true);
  const [all, going] = await Promise.all([
    client.request('telemetry.holds', { boardId }),
    client.request('telemetry.holds', { boardId, ...when }),
  ]);
  if (going.records === 0) return { text: `${name} has no such records.`, json: { boardId, records: 0 } };
  const stay = count(all.records - going.records, 'record');
  await confirmed(
    `Of ${name}: ${recordsHeld(going)}, go for good, and ${stay} remain. The board is not asked for them again. ` +
      'Delete them?',
    args,
  );
  const { records } = await client.request('telemetry.delete', { boardId, ...when });
  return { text: `${count(records, 'record')} of ${name} deleted.`, json: { boardId, records } };
}

async function identifyPort(client: LabClient, { words, options }: Args): Promise<Answer> {
  const device = await client.request('ports.identify', {
    portId: words[0]!,
    ...(options.baud !== undefined && { baudRate: Number(options.baud) }),
  });
  const at = device.baud === null ? '' : ` at ${device.baud} baud`;
  return {
    text: `At ${words[0]} is ${device.what}${at}. ${device.advice}`,
    json: device,
    exit: device.kind === 'silent' ? exit.none : exit.done,
  };
}

async function removePort(client: LabClient, args: Args): Promise<Answer> {
  const portId = args.words[0]!;
  const [{ ports }, boards] = await Promise.all([
    client.request('ports.list', {}),
    client.request('boards.list', {}),
  ]);
  // What the lab would refuse is not asked for first: it says so itself.
  const goes =
    ports.some(({ id, made }) => made && id === portId) && !boards.some((one) => one.portId === portId);
  if (goes)
    await confirmed(
      `The port ${portId} goes, and with it the flash of its board, if it has one. Remove it?`,
      args,
    );
  await client.request('ports.remove', { portId });
  return { text: `${portId} is removed.`, json: { portId } };
}

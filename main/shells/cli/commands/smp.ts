/** `curlew smp …`: devices that speak SMP, with whatever firmware. */
import { resolve } from 'node:path';
import type { LabClient } from '../../../contract/client.ts';
import { CurlewError } from '../../../contract/error.ts';
import type { SmpDeviceLook, SmpImage } from '../../../contract/types.ts';
import { echoTimes } from '../../../instruments/contract/echo-words.ts';
import type { Answer, Args, Commands } from '../command.ts';
import { confirmed } from '../confirm.ts';
import { exit } from '../exit.ts';
import { follow } from '../follow.ts';
import { sizeText, table, type Row } from '../output.ts';

export const smpCommands: Commands = {
  'smp info': {
    usage: 'PORT',
    about:
      'what a device tells over SMP, with whatever firmware: what it is, buffers, tasks, statistics, images',
    options: ['baud'],
    run: look,
  },
  'smp echo': {
    usage: 'PORT',
    about: 'how long its echo takes, request by request (100 times, or --times)',
    options: ['baud', 'times'],
    run: echo,
  },
  'smp send': {
    usage: 'PORT FILE [NAME]',
    about:
      'sends an image for its boot loader, or with a name, as /lfs/model.bin, a file; goes on where it was broken off',
    options: ['baud'],
    run: send,
  },
  'smp mark': {
    usage: 'PORT HASH',
    about: 'has the image of this hash run after the next start, once; with --for-good from then on',
    options: ['baud', 'for-good'],
    run: async (client, args) => imagesTold(await mark(client, args)),
  },
  'smp erase': {
    usage: 'PORT',
    about: 'erases the slot that images are sent to, after asking',
    options: ['baud', 'yes'],
    run: erase,
  },
  'smp reset': {
    usage: 'PORT',
    about: 'has the device start again',
    options: ['baud'],
    run: async (client, args) => {
      await client.request('smp.reset', at(args));
      return { text: `${args.words[0]} starts again.`, json: { reset: args.words[0] } };
    },
  },
};

const at = ({ words, options }: Args) => ({
  portId: words[0]!,
  ...(options.baud !== undefined && { baudRate: Number(options.baud) }),
});

const timesOf = ({ options }: Args): number => (options.times === undefined ? 100 : Number(options.times));

async function look(client: LabClient, args: Args): Promise<Answer> {
  const found = await client.request('smp.look', at(args));
  return { text: lookText(found), json: found };
}

function lookText(found: SmpDeviceLook): string {
  const { portId, baud, identity, curlew, parameters, tasks, pools, statistics, images } = found;
  const untold = Object.entries({ tasks, 'memory pools': pools, statistics, images })
    .filter(([, value]) => value === null)
    .map(([name]) => name);
  const parts = [
    `${portId}${baud === null ? '' : `, ${baud} baud`}`,
    table(
      ['what', 'told'],
      [
        ...identity,
        ...(curlew === null ? [] : [['Curlew board', curlew] as Row]),
        [
          'buffers',
          parameters === null ? 'not told' : `${parameters.bufferCount} of ${parameters.bufferSize} bytes`,
        ],
      ],
    ),
  ];
  if (images) parts.push(imagesText(images));
  if (tasks)
    parts.push(
      table(
        ['task', 'priority', 'stack used', 'of, words', 'switches'],
        tasks.map((one): Row => [
          ...[one.name, one.priority, one.stackUsed ?? '—', one.stackSize ?? '—'],
          one.contextSwitches ?? '—',
        ]),
      ),
    );
  if (pools)
    parts.push(
      table(
        ['memory pool', 'block, bytes', 'blocks', 'free', 'least free'],
        pools.map((one): Row => [one.name, one.blockBytes, one.blocks, one.free, one.leastFree]),
      ),
    );
  for (const { name, counts } of statistics ?? []) parts.push(table([name, 'count'], counts));
  if (untold.length > 0) parts.push(`It does not tell: ${untold.join(', ')}.`);
  return parts.join('\n\n');
}

const imagesText = (images: readonly SmpImage[]): string =>
  images.length === 0
    ? 'It has no image.'
    : table(
        ['image', 'slot', 'version', 'state', 'hash'],
        images.map((one): Row => [one.image, one.slot, one.version, stateOf(one), one.hash ?? '—']),
      );

const stateOf = (image: SmpImage): string =>
  (['active', 'confirmed', 'pending', 'permanent', 'bootable'] as const)
    .filter((flag) => image[flag])
    .join(', ') || '—';

const imagesTold = (images: SmpImage[]): Answer => ({ text: imagesText(images), json: images });

const mark = (client: LabClient, args: Args): Promise<SmpImage[]> => {
  const hash = args.words[1]!.toLowerCase();
  if (!/^([0-9a-f]{2}){16,64}$/.test(hash))
    throw new CurlewError(
      'REQUEST_INVALID',
      `“${args.words[1]}” is no hash: “curlew smp info” tells those there are.`,
    );
  return client.request('smp.mark', { ...at(args), hash, confirm: args.options['for-good'] ?? false });
};

async function echo(client: LabClient, args: Args): Promise<Answer> {
  const found = await client.request('smp.echo', { ...at(args), count: timesOf(args) });
  const { milliseconds, lost, bytes, source } = found;
  const text = [
    `${milliseconds.length} echoes of ${bytes} bytes (${source}), ${lost} lost`,
    table(['time', 'from request to answer'], echoTimes(milliseconds)),
  ].join('\n');
  return { text, json: found, exit: lost > 0 ? exit.some : exit.done };
}

async function send(client: LabClient, args: Args): Promise<Answer> {
  const [, file, name] = args.words;
  const started = await client.request('smp.upload', {
    ...{ ...at(args), path: resolve(file!) },
    ...(name !== undefined && { name }),
  });
  const job = await follow(client, started, null);
  if (job.result?.kind !== 'smp') return { text: `${job.title}: ${job.state}.`, json: job };
  const { bytes, resumedFrom, seconds, sha256 } = job.result;
  const held = resumedFrom === 0 ? '' : `, ${sizeText(resumedFrom)} of it were there already`;
  return {
    text: `${sizeText(bytes)} sent in ${seconds.toFixed(2)} s${held}; SHA-256 ${sha256}.`,
    json: job.result,
  };
}

async function erase(client: LabClient, args: Args): Promise<Answer> {
  await confirmed(`The slot that images of ${args.words[0]} are sent to is erased. Erase it?`, args);
  await client.request('smp.erase', at(args));
  return { text: 'The slot is erased.', json: { erased: args.words[0] } };
}

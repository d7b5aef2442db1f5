/** `curlew power …`: what a board draws, measured by an instrument. */
import { extname, resolve } from 'node:path';
import type { LabClient } from '../../../contract/client.ts';
import { CurlewError } from '../../../contract/error.ts';
import { count, dateTime, span } from '../../../contract/figures.ts';
import type { CaptureFormat, Job } from '../../../contract/types.ts';
import { captureFormats } from '../../../instruments/contract/captures.ts';
import { amperesText } from '../../../instruments/contract/words.ts';
import { numberOf } from '../args.ts';
import type { Answer, Args, Commands } from '../command.ts';
import { confirmed } from '../confirm.ts';
import { exit } from '../exit.ts';
import { follow } from '../follow.ts';
import { sizeText, table, type Row } from '../output.ts';
import { outputsOf } from '../outputs-of.ts';
import { energyCommands } from './power-energy.ts';
import { captureOf, stretchOf } from './power-given.ts';
import { info } from './power-info.ts';
import { recordCommands } from './power-record.ts';

export const powerCommands: Commands = {
  'power list': {
    usage: '',
    about: 'captures of currents that the lab has, and instruments that are plugged in',
    options: [],
    run: list,
  },
  ...recordCommands,
  'power info': {
    usage: 'CAPTURE',
    about: 'one of them: its samples, what was lost, its instrument; by its id, or as much as is no other’s',
    options: [],
    run: async (client, { words }) => info(await captureOf(client, words[0]!)),
  },
  ...energyCommands,
  'power export': {
    usage: 'CAPTURE FILE',
    about: 'writes its samples: FILE.csv, FILE.parquet, or FILE.ppk2 for the maker’s own program',
    options: ['start', 'stop', 'overwrite'],
    check: async (args) => {
      formatOf(args.words[1]!);
      await outputsOf(args).file(args.words[1]!);
    },
    run: write,
  },
  'power import': {
    usage: 'FILE',
    about:
      'makes a capture of samples in a file: .csv with times and currents, .parquet as written here, .ppk2',
    options: ['name', 'millivolts'],
    run: read,
  },
  'power trim': {
    usage: 'CAPTURE --start S --stop S',
    about: 'makes a capture of a stretch of one; that one stays',
    options: ['start', 'stop', 'name'],
    run: trim,
  },
  'power delete': {
    usage: 'CAPTURE',
    about: 'deletes it with its samples, for good; asks first',
    options: ['yes'],
    run: remove,
  },
};

async function list(client: LabClient): Promise<Answer> {
  const [captures, found] = await Promise.all([
    client.request('power.captures', {}),
    client.request('power.devices', {}),
  ]);
  const rows = captures.map((one): Row => [
    ...[one.id.slice(0, 8), one.name, one.state, dateTime(one.startedMs ?? one.createdMs)],
    ...[span((1000 * one.samples) / one.samplesPerSecond), one.mean === null ? '—' : amperesText(one.mean)],
    ...[one.most === null ? '—' : amperesText(one.most), one.lost, sizeText(one.bytes)],
  ]);
  const head = ['id', 'name', 'state', 'begins', 'length', 'mean', 'most', 'lost', 'on disk'];
  const kits = found.devices.map(({ portId, name, serial }) => `${name} ${serial} at ${portId}.`);
  const text = [
    rows.length === 0 ? 'The lab has no capture.' : table(head, rows),
    ...(kits.length > 0 ? kits : [found.problem ?? 'No instrument is plugged in.']),
  ].join('\n');
  return { text, json: { captures, ...found } };
}

async function write(client: LabClient, args: Args): Promise<Answer> {
  const [, file] = args.words as [string, string];
  const capture = await captureOf(client, args.words[0]!);
  const started = await client.request('power.export', {
    ...{ captureId: capture.id, path: resolve(file), format: formatOf(file) },
    ...stretchOf(args, capture),
    overwrite: args.options.overwrite ?? false,
  });
  const job = await follow(client, started, null);
  if (job.result?.kind !== 'export') return { text: `${job.title}: ${job.state}.`, json: job };
  const { path, rows, bytes } = job.result;
  return { text: `${count(rows, 'sample')} written to ${path}, ${sizeText(bytes)}.`, json: job.result };
}

async function read(client: LabClient, { words, options }: Args): Promise<Answer> {
  const job = await client.request('power.import', {
    path: resolve(words[0]!),
    ...(options.name !== undefined && { name: options.name }),
    ...(options.millivolts !== undefined && { millivolts: Number(options.millivolts) }),
  });
  return made(client, await follow(client, job, null));
}

async function trim(client: LabClient, args: Args): Promise<Answer> {
  const capture = await captureOf(client, args.words[0]!);
  const second = (name: 'start' | 'stop'): number =>
    Math.round(numberOf(args.options[name]!, `--${name}`, 0, 1e9) * capture.samplesPerSecond);
  const job = await client.request('power.trim', {
    ...{ captureId: capture.id, from: second('start'), to: second('stop') },
    ...(args.options.name !== undefined && { name: args.options.name }),
  });
  return made(client, await follow(client, job, null));
}

async function made(client: LabClient, job: Job): Promise<Answer> {
  if (job.result?.kind !== 'capture') return { text: `${job.title}: ${job.state}.`, json: job };
  return info(await client.request('power.capture', { captureId: job.result.captureId }));
}

async function remove(client: LabClient, args: Args): Promise<Answer> {
  const { id, name, bytes } = await captureOf(client, args.words[0]!);
  await confirmed(`“${name}”, ${sizeText(bytes)}, goes for good. Delete it?`, args);
  await client.request('power.delete', { captureId: id });
  return { text: `“${name}” is deleted.`, json: { deleted: id }, exit: exit.done };
}

function formatOf(file: string): CaptureFormat {
  const ending = extname(file).toLowerCase().slice(1);
  const format = captureFormats.find((one) => one === ending);
  if (format) return format;
  throw new CurlewError(
    'REQUEST_INVALID',
    `“${file}” does not say what to write: end its name with one of ${captureFormats.map((one) => `.${one}`).join(', ')}.`,
  );
}

/** `curlew tiny …`: benchmarks of devices under test of MLPerf Tiny. */
import { resolve } from 'node:path';
import type { LabClient } from '../../../contract/client.ts';
import { CurlewError } from '../../../contract/error.ts';
import { dateTime } from '../../../contract/figures.ts';
import type { InputType, Job } from '../../../contract/types.ts';
import { jobPages } from '../../../jobs/contract.ts';
import type { PowerMode } from '../../../instruments/contract/captures.ts';
import { numberOf, wholeNumber } from '../args.ts';
import type { Answer, Args, Commands } from '../command.ts';
import { follow } from '../follow.ts';
import { table } from '../output.ts';
import { resumeWith } from '../resume.ts';
import { benchmarked, deviceText, figuresOf } from './tiny-results.ts';

export const tinyCommands: Commands = {
  'tiny info': {
    usage: 'PORT',
    about: 'which device under test of MLPerf Tiny is at a port: any board with that firmware',
    options: ['baud'],
    run: async (client, args) => {
      const device = await client.request('tiny.identify', deviceOf(args));
      return { text: deviceText(device), json: device };
    },
  },
  'tiny performance': {
    usage: 'PORT FOLDER',
    about: 'inferences a second on inputs of a folder: five runs of ten seconds at least, and their median',
    options: ['baud'],
    run: async (client, args) =>
      ended(client, args, await client.request('tiny.performance', inputsOf(args))),
  },
  'tiny accuracy': {
    usage: 'PORT FOLDER',
    about: 'every input that y_labels.csv names: top-1 and AUC, with --reference beside an ONNX graph',
    options: ['baud', 'reference', 'output', 'input', 'scale', 'offset'],
    check: async (args) => referenceOf(args),
    run: async (client, args) =>
      ended(client, args, await client.request('tiny.accuracy', { ...inputsOf(args), ...referenceOf(args) })),
  },
  'tiny energy': {
    usage: 'PORT FOLDER --millivolts N',
    about: 'energy an inference as well, by a Power Profiler Kit 2 whose input --pin the device pulls low',
    options: ['baud', 'millivolts', 'meter', 'meter-port', 'pin'],
    check: async (args) => meterOf(args),
    run: async (client, args) =>
      ended(client, args, await client.request('tiny.energy', { ...inputsOf(args), ...meterOf(args) })),
  },
  'tiny list': {
    usage: '',
    about: 'benchmarks that the lab has done, newest first',
    options: [],
    run: list,
  },
  'tiny show': {
    usage: 'JOB',
    about: 'what one of them found, run by run; with --json every answer',
    options: [],
    run: async (client, { words }) =>
      benchmarked(client, await client.request('jobs.get', { jobId: words[0]! })),
  },
};

const deviceOf = ({ words, options }: Args) => ({
  portId: words[0]!,
  ...(options.baud !== undefined && { baudRate: Number(options.baud) }),
});

const inputsOf = (args: Args) => ({ ...deviceOf(args), folder: resolve(args.words[1]!) });

function referenceOf({ options }: Args) {
  const { reference, output, input, scale, offset } = options;
  if (reference === undefined) {
    if ([output, input, scale, offset].every((one) => one === undefined)) return {};
    throw new CurlewError('REQUEST_INVALID', '--output, --input, --scale and --offset go with --reference.');
  }
  return {
    reference: {
      ...{ path: resolve(reference), output: output ?? null },
      ...(input !== undefined && { type: input as InputType }),
      scale: numberOf(scale ?? '1', '--scale', -1e9, 1e9),
      offset: numberOf(offset ?? '0', '--offset', -1e9, 1e9),
    },
  };
}

const meterOf = ({ options }: Args) => ({
  meterMode: (options.meter ?? 'ampere') as PowerMode,
  millivolts: wholeNumber(options.millivolts!, '--millivolts', 800, 5000),
  pin: Number(options.pin ?? 0),
  ...(options['meter-port'] !== undefined && { meterPortId: options['meter-port'] }),
});

const ended = async (client: LabClient, args: Args, job: Job): Promise<Answer> =>
  benchmarked(client, await follow(client, job, resumeWith(args)));

async function list(client: LabClient): Promise<Answer> {
  const jobs: Job[] = [];
  for await (const page of jobPages((ask) => client.request('jobs.list', ask)))
    jobs.push(...page.filter(({ kind }) => kind === 'tiny'));
  const rows = jobs.map((job) => {
    const { result } = job;
    const found = result?.kind === 'tiny' ? result : null;
    return [
      ...[job.id.slice(0, 8), job.state, dateTime(job.createdMs), found?.benchmark ?? '—'],
      ...[found ? `${found.model}, ${found.vendor}` : job.title, found ? figuresOf(found).join(', ') : '—'],
    ];
  });
  const head = ['id', 'state', 'begun', 'benchmark', 'device', 'found'];
  const text =
    rows.length === 0 ? 'The lab has done no benchmark of a device under test.' : table(head, rows);
  return { text, json: jobs };
}

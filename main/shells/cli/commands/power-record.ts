/** `curlew power record` and `curlew power switch`: a Power Profiler Kit 2 measures, and supplies. */
import type { LabClient } from '../../../contract/client.ts';
import { CurlewError } from '../../../contract/error.ts';
import { dateForName } from '../../../contract/figures.ts';
import type { PowerMode } from '../../../contract/types.ts';
import { numberOf, wholeNumber } from '../args.ts';
import type { Answer, Args, Commands } from '../command.ts';
import { exit } from '../exit.ts';
import { follow } from '../follow.ts';
import { triggerOf } from './power-given.ts';
import { info } from './power-info.ts';

const supplyOptions = ['millivolts', 'meter'] as const;

export const recordCommands: Commands = {
  'power record': {
    usage: '[PORT] --millivolts N',
    about:
      'records currents of a Power Profiler Kit 2, the only one unless its port is named; Ctrl-C ends it, and it is kept',
    options: [...supplyOptions, 'name', 'seconds', 'trigger', 'before-trigger'],
    check: async (args) => wishOf(args),
    run: record,
  },
  'power switch': {
    usage: 'PORT on|off --millivolts N',
    about:
      'whether the kit connects the device under test to its supply; a recording as source does by itself',
    options: [...supplyOptions],
    check: async (args) => onOf(args),
    run: async (client, args) => {
      const on = onOf(args);
      await client.request('power.switch', { portId: args.words[0]!, on, ...supplyOf(args) });
      return { text: `The device under test is ${on ? 'supplied' : 'cut off'}.`, json: { on } };
    },
  },
};

const supplyOf = ({ options }: Args): { mode: PowerMode; millivolts: number } => ({
  mode: (options.meter ?? 'ampere') as PowerMode,
  millivolts: wholeNumber(options.millivolts!, '--millivolts', 800, 5000),
});

function wishOf(args: Args) {
  const { seconds, name } = args.options;
  const trigger = triggerOf(args);
  return {
    ...supplyOf(args),
    name: name ?? `currents ${dateForName()}`,
    ...(args.words[0] !== undefined && { portId: args.words[0] }),
    ...(seconds !== undefined && { seconds: numberOf(seconds, '--seconds', 1e-3, 30 * 86_400) }),
    ...(trigger && { trigger }),
  };
}

async function record(client: LabClient, args: Args): Promise<Answer> {
  const wish = wishOf(args);
  const job = await follow(client, await client.request('power.record', wish), null, (jobId) =>
    client.request('power.finish', { jobId }),
  );
  if (job.result?.kind !== 'capture') return { text: `${job.title}: ${job.state}.`, json: job };
  const capture = await client.request('power.capture', { captureId: job.result.captureId });
  const wanted = (wish.seconds ?? 0) * capture.samplesPerSecond;
  const whole = capture.lost === 0 && capture.samples >= Math.floor(wanted);
  return { ...info(capture), exit: whole ? exit.done : exit.some };
}

function onOf({ words }: Args): boolean {
  if (words[1] === 'on' || words[1] === 'off') return words[1] === 'on';
  throw new CurlewError('REQUEST_INVALID', `Say on or off, not “${words[1]}”.`);
}

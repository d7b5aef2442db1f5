/** The first words with a device under test: whether one is there, whose it is, what it computes and how it tells time. */
import { CurlewError } from '../../../main/contract/error.ts';
import type { Clock } from '../../protocol/clock.ts';
import { command } from './commands.ts';
import type { LineLink } from './line-link.ts';
import { lapsOf, valueOf } from './replies.ts';

/** `energy`: it marks times with a pin, and tells none. */
export type TinyMode = 'performance' | 'energy';

export interface TinyIdentity {
  vendor: string;
  firmware: string;
  /** As the benchmark calls it: `kws01`, say. */
  model: string;
  mode: TinyMode;
  /** A process of a computer, which says so in its name. */
  simulated: boolean;
}

const quietMs = 100;
/** A board that opening the port has reset says what it has to say by then. */
const mostQuietMs = 3000;
const lookMs = 20;
const probeMs = 2000;
const probes = 3;

/** @throws CurlewError BOARD_SILENT, BOARD_GARBAGE, BOARD_BAD_REPLY, BOARD_REFUSED, PORT_LOST, ABORTED */
export async function greetTiny(link: LineLink, clock: Clock, signal?: AbortSignal): Promise<TinyIdentity> {
  const vendor = await vendorOf(link, clock, signal);
  const profile = await link.ask(command.profile, signal);
  const model = valueOf(profile, 'm-model-');
  if (model === null || model === '') {
    throw new CurlewError(
      'BOARD_BAD_REPLY',
      `The device under test at ${link.where} does not say which model it runs.`,
      { port: link.where, lines: profile },
    );
  }
  const laps = lapsOf(await link.ask(command.timestamp, signal));
  return {
    ...{ vendor, model, firmware: valueOf(profile, 'm-profile-') ?? '' },
    mode: laps.length > 0 ? 'performance' : 'energy',
    simulated: /simulated/i.test(vendor),
  };
}

/** What the last one to ask had begun to write is in its buffer still, or it is starting: it is asked more than once. */
async function vendorOf(link: LineLink, clock: Clock, signal?: AbortSignal): Promise<string> {
  let why: unknown = null;
  for (let probe = 0; probe < probes; probe++) {
    await untilQuiet(link, clock, signal);
    link.mend();
    try {
      const vendor = valueOf(await link.ask(command.name, signal, probeMs), 'm-name-dut-');
      if (vendor !== null) return vendor;
    } catch (thrown) {
      why = thrown;
      const { code } = thrown as CurlewError;
      if (code !== 'BOARD_SILENT' && code !== 'BOARD_REFUSED') throw thrown;
    }
  }
  if (why instanceof CurlewError && why.code === 'BOARD_REFUSED') throw why;
  throw new CurlewError(
    'BOARD_SILENT',
    `Nothing at ${link.where} answers as a device under test of MLPerf Tiny: it was asked ${probes} times for its name. ` +
      `Is its firmware the benchmark’s, and its baud rate this one?`,
    { port: link.where },
    { cause: why },
  );
}

async function untilQuiet(link: LineLink, clock: Clock, signal?: AbortSignal): Promise<void> {
  const endMs = clock.nowMs() + mostQuietMs;
  while (link.quietForMs < quietMs && clock.nowMs() < endMs) await clock.sleep(lookMs, signal);
}

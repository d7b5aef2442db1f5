/** What commands about captures are given: which one, and which stretch of it. */
import type { LabClient } from '../../../contract/client.ts';
import { CurlewError } from '../../../contract/error.ts';
import type { Capture, Trigger } from '../../../contract/types.ts';
import { listed, numberOf, wholeNumber } from '../args.ts';
import type { Args } from '../command.ts';

/** @param beginning of its id, which no other’s begins with, or its name @throws CurlewError FILE_NOT_FOUND, REQUEST_INVALID */
export async function captureOf(client: LabClient, beginning: string): Promise<Capture> {
  const all = await client.request('power.captures', {});
  const found = all.filter(({ id, name }) => id.startsWith(beginning) || name === beginning);
  if (found.length === 1) return found[0]!;
  if (found.length === 0) return client.request('power.capture', { captureId: beginning });
  throw new CurlewError(
    'REQUEST_INVALID',
    `${found.length} captures are called so or begin with “${beginning}”: ${found.map(({ id }) => id.slice(0, 8)).join(', ')}.`,
  );
}

/** Samples, of what was said in seconds. */
export function stretchOf({ options: { start, stop } }: Args, { samplesPerSecond }: Capture) {
  const sample = (text: string, name: string): number =>
    Math.round(numberOf(text, name, 0, 1e9) * samplesPerSecond);
  return {
    ...(start !== undefined && { from: sample(start, '--start') }),
    ...(stop !== undefined && { to: sample(stop, '--stop') }),
  };
}

/** `features=1,encoder=2` @throws CurlewError REQUEST_INVALID */
export function stagesOf(text: string | undefined): { name: string; pin: number }[] {
  return listed(text ?? '').map((one) => {
    const [, name, pin] = /^([^=]+)=(\d+)$/.exec(one) ?? [];
    if (name === undefined || pin === undefined) {
      throw new CurlewError(
        'REQUEST_INVALID',
        `--stages takes NAME=INPUT,…, as features=1,encoder=2, not “${one}”.`,
      );
    }
    return { name, pin: wholeNumber(pin, '--stages', 0, 7) };
  });
}

/** `above=0.005`, `high=0` @throws CurlewError REQUEST_INVALID */
export function triggerOf({ options }: Args): (Trigger & { beforeS: number }) | undefined {
  const before = options['before-trigger'];
  if (options.trigger === undefined) {
    if (before === undefined) return undefined;
    throw new CurlewError('REQUEST_INVALID', '--before-trigger goes with --trigger.');
  }
  const [, on, value] = /^(above|below|high|low)=(.+)$/.exec(options.trigger) ?? [];
  if (on === undefined || value === undefined) {
    throw new CurlewError(
      'REQUEST_INVALID',
      `--trigger takes above=AMPERES, below=AMPERES, high=INPUT or low=INPUT, not “${options.trigger}”.`,
    );
  }
  const byCurrent = on === 'above' || on === 'below';
  return {
    on: on as Trigger['on'],
    level: byCurrent ? numberOf(value, '--trigger', -1, 1) : 0,
    pin: byCurrent ? 0 : wholeNumber(value, '--trigger', 0, 7),
    beforeS: numberOf(before ?? '0.1', '--before-trigger', 0, 60),
  };
}

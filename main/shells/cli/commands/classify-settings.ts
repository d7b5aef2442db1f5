/** The settings of a classification, as options. */
import { resolve } from 'node:path';
import { CurlewError } from '../../../contract/error.ts';
import { timeZoneOf } from '../../../contract/time-zone.ts';
import type { ClassifySettingsGiven } from '../../../contract/types.ts';
import type { OptionName, Options } from '../options.ts';
import { numberOf } from '../args.ts';

export const settingOptions = [
  ...(['threshold', 'class-threshold', 'hop', 'channel', 'high-pass', 'top-k', 'keep'] as const),
  ...(['gap', 'class-gap', 'shortest', 'class-shortest', 'time-zone', 'sites', 'copies'] as const),
] as const satisfies readonly OptionName[];

/** What was given, and nothing else: the rest is as usual. @throws CurlewError REQUEST_INVALID */
export function settingsOf(options: Options): ClassifySettingsGiven {
  const given: ClassifySettingsGiven = {};
  const { threshold, hop, channel, keep, gap, shortest } = options;
  if (threshold !== undefined) given.threshold = numberOf(threshold, '--threshold', 0, 1);
  const thresholds = byClass(options['class-threshold'], '--class-threshold', 1);
  if (thresholds) given.thresholds = thresholds;
  if (hop !== undefined) given.hopFrames = Number(hop);
  if (channel !== undefined) given.channel = channelOf(channel);
  const highPass = options['high-pass'];
  if (highPass !== undefined) given.highPassHz = numberOf(highPass, '--high-pass', 0, 7000);
  if (options['top-k'] !== undefined) given.topK = Number(options['top-k']);
  if (keep !== undefined) given.keep = keep as NonNullable<ClassifySettingsGiven['keep']>;
  if (gap !== undefined) given.gapS = numberOf(gap, '--gap', 0, 3600);
  const gaps = byClass(options['class-gap'], '--class-gap', 3600);
  if (gaps) given.gaps = gaps;
  if (shortest !== undefined) given.leastS = numberOf(shortest, '--shortest', 0, 3600);
  const leasts = byClass(options['class-shortest'], '--class-shortest', 3600);
  if (leasts) given.leasts = leasts;
  const timeZone = options['time-zone'];
  if (timeZone !== undefined) given.timeZone = timeZoneNamed(timeZone);
  if (options.sites !== undefined) given.sites = resolve(options.sites);
  if (options.copies) given.skipCopies = false;
  return given;
}

/** @param words each LABEL=NUMBER, from 0 to `most` @throws CurlewError REQUEST_INVALID */
export function byClass(
  words: string[] | undefined,
  option: string,
  most: number,
): Record<string, number> | null {
  if (words === undefined) return null;
  return Object.fromEntries(
    words.map((word) => {
      const at = word.lastIndexOf('=');
      if (at > 0) return [word.slice(0, at), numberOf(word.slice(at + 1), option, 0, most)];
      throw new CurlewError(
        'REQUEST_INVALID',
        `${option} takes a class and a number, as “dog=0.7”, not “${word}”.`,
      );
    }),
  );
}

function timeZoneNamed(text: string): string {
  if (timeZoneOf(text)) return text;
  throw new CurlewError(
    'REQUEST_INVALID',
    `--time-zone takes a name, as Europe/Berlin, or an offset from UTC, as +02:00, not “${text}”.`,
  );
}

function channelOf(text: string): NonNullable<ClassifySettingsGiven['channel']> {
  if (text === 'mix' || text === 'each') return text;
  // People count channels from 1, as tables and the page do.
  if (/^\d{1,2}$/.test(text) && Number(text) >= 1 && Number(text) <= 64) return Number(text) - 1;
  throw new CurlewError(
    'REQUEST_INVALID',
    `--channel takes mix, each, or a number from 1 to 64, not “${text}”.`,
  );
}

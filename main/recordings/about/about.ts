/** When and where a recording was made, and by what: from its name, from what its recorder wrote into it, from its date. */
import { instantOf, ownTimeZone, timeZoneOf } from '../../contract/time-zone.ts';
import type { RecordingAbout, RecordingInfo } from '../../contract/types.ts';
import { timeOfName } from './name.ts';
import { siteOf, type Site } from './sites.ts';
import type { ToldTime } from './told-time.ts';
import { wavTells, type WavTells } from './wav-tells.ts';

/** What is told as the source of a time that nothing else tells. */
export const modificationTime = 'modification time';

const nothing: WavTells = { guano: null, audioMoth: null, bext: null };

/** Where the recorders stood, as a person says. */
export interface Stood {
  /** As `timeZoneOf` reads it; null: what the files say. */
  timeZone: string | null;
  sites: readonly Site[];
}

/**
 * When: as the name tells, else GUANO, the comment of an AudioMoth, the Broadcast Wave extension; else it ended when the
 * file was last written. Where a file tells how far its recorder's clock was ahead of UTC, that holds for all its times;
 * else they are of the given zone, else of this computer's. Offsets told are those of the given zone, where one is.
 * @param modifiedMs when the file was last written
 * @throws CurlewError FILE_NOT_FOUND, FILE_UNREADABLE
 */
export async function aboutRecording(
  info: Pick<RecordingInfo, 'path' | 'format' | 'seconds'>,
  modifiedMs: number,
  { timeZone, sites }: Stood,
): Promise<RecordingAbout> {
  const { guano, audioMoth, bext } = info.format === 'WAV' ? await wavTells(info.path) : nothing;
  const recorder = { ...bext?.recorder, ...audioMoth?.recorder, ...guano?.recorder };
  const told = {
    'file name': timeOfName(info.path),
    GUANO: guano?.time ?? null,
    'AudioMoth comment': audioMoth?.time ?? null,
    'bext chunk': bext?.time ?? null,
  };
  const site = siteOf(info.path, sites);
  const where = guano?.where ?? site;
  return {
    ...(timeTold(told, timeZone) ?? timeWritten(modifiedMs, info.seconds ?? 0, timeZone)),
    site: site?.site ?? null,
    latitude: where?.latitude ?? null,
    longitude: where?.longitude ?? null,
    recorder: Object.keys(recorder).length === 0 ? null : recorder,
  };
}

type Time = Pick<RecordingAbout, 'startMs' | 'offsetMinutes' | 'timeSource'>;

const zoneOf = (timeZone: string | null) => (timeZone === null ? null : timeZoneOf(timeZone));

/** @param told the most trusted first */
function timeTold(told: Record<string, ToldTime | null>, timeZone: string | null): Time | null {
  const [source, time] = Object.entries(told).find(([, one]) => one !== null) ?? [];
  if (!time) return null;
  const clock = Object.values(told).find((one) => one && one.offsetMinutes !== null)?.offsetMinutes ?? null;
  const ahead = time.offsetMinutes ?? clock;
  const zone = zoneOf(timeZone);
  if (ahead !== null) {
    const startMs = time.localMs - ahead * 60_000;
    const offsetMinutes = zone?.offsetAt(startMs) ?? clock;
    return { startMs, offsetMinutes, timeSource: `${source}, time zone as the file says` };
  }
  const { utcMs, offsetMinutes } = instantOf(time.localMs, zone ?? ownTimeZone());
  const whose = zone ? 'time zone as set' : 'time zone of this computer';
  return { startMs: utcMs, offsetMinutes, timeSource: `${source}, ${whose}` };
}

/** Recorders close a file when it ends. */
function timeWritten(modifiedMs: number, seconds: number, timeZone: string | null): Time {
  const startMs = Math.round(modifiedMs - seconds * 1000);
  const offsetMinutes = (zoneOf(timeZone) ?? ownTimeZone()).offsetAt(startMs);
  return { startMs, offsetMinutes, timeSource: modificationTime };
}

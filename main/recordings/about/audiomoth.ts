/** The comment that AudioMoth recorders write into their WAV files, in the words of any of their firmwares. */
import { offsetOf } from '../../contract/time-zone.ts';
import type { RecorderFacts } from './facts.ts';
import { clockTime, type ToldTime } from './told-time.ts';

export interface AudioMoth {
  time: ToldTime | null;
  recorder: RecorderFacts;
}

/** @param comment of ICMT @param artist of IART @returns null where neither is an AudioMoth's */
export function audioMothOf(comment: string, artist: string): AudioMoth | null {
  if (!/\bAudioMoth\b/.test(comment) && !/^AudioMoth\b/.test(artist)) return null;
  const recorder: RecorderFacts = { make: 'AudioMoth' };
  const id = /\bAudioMoth ([0-9A-F]{16})\b/i.exec(`${comment} ${artist}`)?.[1];
  const deployment = /\bdeployment ([0-9A-F]{16})\b/i.exec(comment)?.[1];
  const gain =
    /\bat (low-medium|low|medium-high|medium|high) gain\b/i.exec(comment)?.[1] ??
    /\bgain setting (\d)/i.exec(comment)?.[1];
  const battery = /\bbattery (?:state )?was (greater than |less than )?(\d+(?:\.\d+)?) ?V/i.exec(comment);
  const temperature = /\btemperature was (-?\d+(?:\.\d+)?) ?C/i.exec(comment)?.[1];
  if (id !== undefined) recorder['id'] = id;
  if (deployment !== undefined) recorder['deployment'] = deployment;
  if (gain !== undefined) recorder['gain'] = /^\d$/.test(gain) ? Number(gain) : gain;
  if (battery) recorder['batteryVolts'] = battery[1] ? `${battery[1]}${battery[2]}` : Number(battery[2]);
  if (temperature !== undefined) recorder['temperatureC'] = Number(temperature);
  if (/\bexternal microphone\b/i.test(comment)) recorder['microphone'] = 'external';
  const ended = /\bRecording (?:was )?(?:stopped|cancelled)[^.]*/i.exec(comment)?.[0];
  if (ended !== undefined) recorder['ended'] = ended;
  return { time: timeOf(comment), recorder };
}

function timeOf(comment: string): ToldTime | null {
  const found =
    /\bat (\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,3}))? (\d{2})\/(\d{2})\/(\d{4})(?: \((UTC(?:[+-]\d{1,2}(?::\d{2})?)?)\))?/.exec(
      comment,
    );
  if (!found) return null;
  const [, hours, minutes, seconds, fraction, day, month, year, zone] = found;
  const localMs = clockTime({
    date: [Number(year), Number(month), Number(day)],
    time: [Number(hours), Number(minutes), Number(`${seconds}.${fraction ?? 0}`)],
  });
  return localMs === null ? null : { localMs, offsetMinutes: zone === undefined ? null : offsetOf(zone) };
}

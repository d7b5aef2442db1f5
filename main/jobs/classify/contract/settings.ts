/** What a person can set for a classification, with what is set where nothing is said. */
import * as v from 'valibot';
import { path, seconds, text, whole } from '../../../contract/schemas.ts';
import { timeZoneOf } from '../../../contract/time-zone.ts';

const probability = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const byClass = <S extends v.GenericSchema>(value: S) => v.record(text(200), value);

/** Which sound of a recording of several channels is heard: their mean, each by itself, or one, counted from 0. */
export const channelChoice = v.union([v.picklist(['mix', 'each']), whole(0, 63)]);
export type ChannelChoice = v.InferOutput<typeof channelChoice>;

/** Which windows are kept beside the detections. */
export const keptWindows = ['none', 'above', 'bestPerMinute', 'all'] as const;
export type KeptWindows = (typeof keptWindows)[number];

const timeZone = v.pipe(
  text(64),
  v.check(
    (name) => timeZoneOf(name) !== null,
    'name a time zone as Europe/Berlin, or an offset from UTC as +02:00',
  ),
);

const settingSchemas = {
  /** From the beginning of a window to the next, in frames of 10 ms; a window has 97.5 of them. */
  hopFrames: v.optional(whole(1, 96), 48),
  /** The least probability of a window that a detection is made of, for classes that have none of their own. */
  threshold: v.optional(probability, 0.5),
  thresholds: v.optional(byClass(probability), {}),
  /** Classes of a window that may be detected, the most probable first. */
  topK: v.optional(whole(1, 20), 1),
  channel: v.optional(channelChoice, 'mix'),
  /** What lies below is taken off before a recording is heard; 0: nothing. */
  highPassHz: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(7000)), 0),
  keep: v.optional(v.picklist(keptWindows), 'above'),
  /** Detections of one class this close or closer become one; 0: those that touch or overlap. */
  gapS: v.optional(seconds(3600), 0),
  gaps: v.optional(byClass(seconds(3600)), {}),
  /** A detection that is shorter is left out; every window is 0.975 s long. */
  leastS: v.optional(seconds(3600), 0),
  leasts: v.optional(byClass(seconds(3600)), {}),
  /** Where the recorders stood: IANA's name or an offset such as +02:00; null: what the files say, else this computer's. */
  timeZone: v.optional(v.nullable(timeZone), null),
  /** A table of sites: site, latitude, longitude, and the folder or the beginning of the names that is theirs. */
  sites: v.optional(v.nullable(path), null),
  /** Files of the same bytes as one before are told, and not counted twice. */
  skipCopies: v.optional(v.boolean(), true),
};
export const classifySettings = v.strictObject(settingSchemas);
export type ClassifySettings = v.InferOutput<typeof classifySettings>;
/** As a person may give them: what is left out is as usual. */
export type ClassifySettingsGiven = v.InferInput<typeof classifySettings>;

export const usualSettings: ClassifySettings = v.parse(classifySettings, {});

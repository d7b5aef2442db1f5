/** What a person says of boards, and of groups of them: the fleet's part of the contract. */
import * as v from 'valibot';
import type { ExportFile } from '../../contract/lab.ts';
import { forOperators, forViewers } from '../../contract/roles.ts';
import { id, none } from '../../contract/schemas.ts';
import { settingProblems, type BoardSettings } from '../../contract/settings.ts';

/** Settings that may be wanted of a board: its name and its place are its own alone. */
export type WantedSettings = Partial<Omit<BoardSettings, 'name' | 'latitude' | 'longitude'>>;

/** An expert, or a router with its experts, as it was when it was chosen: the encoder goes along. */
export interface WantedBank {
  /** Of its image, without signature. */
  sha256: string;
  name: string;
  version: number;
  kind: 'expert' | 'router';
}

/** Settings and bank that boards should have; what is not named is as it is on the board. */
export interface Wanted {
  settings: WantedSettings;
  bank: WantedBank | null;
}

export interface BoardDetails extends Wanted {
  boardId: string;
  /** The person's; empty where the board's own does. */
  name: string;
  /** Where it stands, in words; empty where that was not said. */
  site: string;
  /** Degrees (WGS 84); both null where the place is not known. Wanted of the board's own settings, too. */
  latitude: number | null;
  longitude: number | null;
  notes: string;
  tags: string[];
  /** Null for none. Its own `settings` and `bank` go before the group's. */
  groupId: string | null;
  /** What it lacks of what is wanted of it is seen to when it is met next. */
  whenMet: boolean;
}

export interface BoardGroup extends Wanted {
  id: string;
  /** No other group's. */
  name: string;
  notes: string;
}

/** What reading a table of boards did. */
export interface DetailsRead {
  /** Boards that differ from before. */
  changed: number;
  same: number;
  /** Names of groups that were not there before. */
  groupsMade: string[];
}

const line = (most: number) =>
  v.pipe(
    v.string(),
    v.trim(),
    v.maxLength(most),
    v.check(
      (text) => !/\p{Cc}/u.test(text),
      'Names, sites and tags are one line of text: leave out line breaks, tabs and other control characters.',
    ),
  );
const notes = v.pipe(v.string(), v.maxLength(20_000));
/** Lists of tags are written with semicolons. */
const tag = v.pipe(line(60), v.nonEmpty(), v.regex(/^[^;]*$/, 'a tag has no semicolon'));
export const mostBoards = 10_000;

/** Any settings, for those that a group or a board leaves as they are. */
const usual: BoardSettings = {
  ...{ name: '', latitude: null, longitude: null, microphoneRate: 16_000, listenS: 0, periodS: 0 },
  ...{ hopSamples: 7680, leastProbability: 0, mostEntropy: 0, telemetryIntervalMs: 0, autoStart: false },
  ...{ uncertainPercent: 0, uncertainPaceS: 600 },
};

/** @returns a sentence for each setting that no board would take; nothing when all are in range */
export function wantedProblems(settings: WantedSettings): ReturnType<typeof settingProblems> {
  // Listening is as long as its period where the period is left open, and the other way round.
  const { listenS, periodS } = settings;
  const open = { listenS: listenS ?? periodS ?? 0, periodS: periodS ?? listenS ?? 0 };
  return settingProblems({ ...usual, ...settings, ...open });
}

const number = v.optional(v.nullable(v.number()));
/** Null drops a wish. */
export const wantedSettings = v.strictObject({
  microphoneRate: number,
  listenS: number,
  periodS: number,
  hopSamples: number,
  leastProbability: number,
  mostEntropy: number,
  telemetryIntervalMs: number,
  autoStart: v.optional(v.nullable(v.boolean())),
  uncertainPercent: number,
  uncertainPaceS: number,
} satisfies Record<keyof WantedSettings, v.GenericSchema>);
export type SettingsChange = v.InferInput<typeof wantedSettings>;

/** What is left out stays. */
const details = v.strictObject({
  name: v.optional(line(100)),
  site: v.optional(line(200)),
  latitude: v.optional(v.nullable(v.number())),
  longitude: v.optional(v.nullable(v.number())),
  notes: v.optional(notes),
  tags: v.optional(v.pipe(v.array(tag), v.maxLength(50))),
  groupId: v.optional(v.nullable(id)),
  settings: v.optional(wantedSettings),
  /** Of an expert or router of the lab's banks. */
  expertId: v.optional(v.nullable(id)),
  whenMet: v.optional(v.boolean()),
});
export type DetailsChange = v.InferInput<typeof details>;

export const detailsRequests = {
  /** Of every board of which something was said. */
  'details.list': forViewers(none),
  'groups.list': forViewers(none),
  /** The same change of one board or of many; all of it or nothing. Answers their details. */
  'details.change': forOperators(
    v.strictObject({
      boardIds: v.pipe(v.array(id), v.minLength(1), v.maxLength(mostBoards)),
      change: details,
    }),
  ),
  /** A new group without `groupId`; what is left out stays. */
  'groups.save': forOperators(
    v.strictObject({
      groupId: v.optional(id),
      name: v.optional(v.pipe(line(100), v.nonEmpty())),
      notes: v.optional(notes),
      settings: v.optional(wantedSettings),
      expertId: v.optional(v.nullable(id)),
    }),
  ),
  /** Its boards are in none then. */
  'groups.remove': forOperators(v.strictObject({ groupId: id })),
  /** All boards as a table, a row each, that `details.read` takes. */
  'details.table': forViewers(none),
  /**
   * A table, comma-separated: a column `board` with serial numbers, and any of name, site, latitude, longitude, group, tags
   * (between semicolons) and notes. Columns that are not there leave boards as they are, an empty cell empties. All of it
   * or nothing.
   */
  'details.read': forOperators(v.strictObject({ text: v.pipe(v.string(), v.maxLength(8_000_000)) })),
} as const;

export interface DetailsResults {
  'details.list': BoardDetails[];
  'groups.list': BoardGroup[];
  'details.change': BoardDetails[];
  'groups.save': BoardGroup;
  'groups.remove': null;
  'details.table': ExportFile;
  'details.read': DetailsRead;
}

export interface DetailsEvents {
  /** Of boards whose details are others now. */
  details: BoardDetails[];
  /** All, after any change. */
  groups: BoardGroup[];
}

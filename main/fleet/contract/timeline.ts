/** What befell a board, and what was done with it, over a stretch of time: the fleet's part of the contract. */
import * as v from 'valibot';
import type { LogLine } from '../../contract/lab.ts';
import { forViewers, type Asker } from '../../contract/roles.ts';
import { id } from '../../contract/schemas.ts';
import type { BoardLogKind } from './board-log.ts';

/** Besides what its log holds: what the records themselves say, and roll-outs that changed it. */
export type TimelineKind = BoardLogKind | 'gap' | 'clock step' | 'roll-out';

/** Kinds of events by what they are about, in the order in which they are offered. */
export const timelineGroups = {
  changes: [
    'deployed',
    'activated',
    'stopped',
    'rolled back',
    'confirmed',
    'erased',
    'settings',
    'listening',
    'roll-out',
  ],
  starts: ['restarted', 'reset', 'fell back'],
  records: ['gap', 'repeated', 'counted back', 'deleted'],
  clock: ['clock', 'clock step'],
  visits: ['visited'],
  connection: ['attached', 'detached', 'lost', 'trouble'],
  rest: ['details', 'key'],
} as const satisfies Record<string, readonly TimelineKind[]>;
export type TimelineGroup = keyof typeof timelineGroups;
export const timelineGroupNames = Object.keys(timelineGroups) as TimelineGroup[];

export interface TimelineEvent {
  kind: TimelineKind;
  group: TimelineGroup;
  /** Where it lasted, its beginning; the same as `toMs` of what is a moment, or where that is not known. */
  fromMs: number;
  toMs: number;
  /** How often it came. */
  count: number;
  level: LogLine['level'];
  /** One sentence. */
  text: string;
  /** Where a person asked for it. */
  by: Asker | null;
}

export interface Timeline {
  boardId: string;
  /** Oldest first; the newest of the stretch, as many as an answer holds. */
  events: TimelineEvent[];
  /** Older ones of the stretch that it does not hold. */
  leftOut: number;
}

/** The most that one answer holds. */
export const mostEvents = 1000;

const time = v.pipe(v.number(), v.finite(), v.minValue(0), v.maxValue(8.64e15));

export const timelineRequests = {
  /** Events of these groups that touch a stretch, from the one time to before the other. */
  'telemetry.events': forViewers(
    v.strictObject({
      boardId: id,
      fromMs: time,
      toMs: time,
      groups: v.pipe(v.array(v.picklist(timelineGroupNames)), v.minLength(1)),
    }),
  ),
} as const;

export interface TimelineResults {
  'telemetry.events': Timeline;
}

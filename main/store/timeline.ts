/** Events of a board in a stretch of time: its log, breaks of its records, and roll-outs that changed it. */
import type { Asker } from '../contract/roles.ts';
import type { BoardLogEntry, Timeline, TimelineEvent } from '../contract/types.ts';
import {
  mostEvents,
  timelineGroups,
  timelineGroupNames,
  type TimelineGroup,
  type TimelineKind,
} from '../fleet/contract/timeline.ts';
import { clockStepText, gapText, rolloutChangeText } from '../fleet/contract/timeline-words.ts';
import { literal } from './files.ts';
import type { Store } from './open-store.ts';

export interface TimelineWish {
  boardId: string;
  /** Milliseconds since 1970: from the one to before the other. */
  fromMs: number;
  toMs: number;
  groups: readonly TimelineGroup[];
}

const groupOf = new Map(
  timelineGroupNames.flatMap((group) =>
    timelineGroups[group].map((kind): [TimelineKind, TimelineGroup] => [kind, group]),
  ),
);

interface Row {
  kind: TimelineKind;
  fromMs: number;
  toMs: number;
  count: number;
  level: BoardLogEntry['level'];
  /** Of the log; the name of a roll-out. */
  text: string | null;
  by: Asker | null;
  /** How much of a break, and after which record; the stage of a roll-out. */
  amount: number | null;
  after: number | null;
}

export async function timeline(
  store: Store,
  { boardId, fromMs, toMs, groups }: TimelineWish,
): Promise<Timeline> {
  const kinds = groups.flatMap((group) => timelineGroups[group].map(literal)).join(', ');
  const id = literal(boardId);
  return store.reading(async (connection) => {
    const read = await connection.runAndReadAll(
      `WITH events AS (
         SELECT kind, at_ms AS "fromMs", at_ms AS "toMs", count::DOUBLE AS count, level, text, asked_by AS "by",
           NULL::DOUBLE AS amount, NULL::DOUBLE AS after
         FROM board_log WHERE board_id = ${id}
         UNION ALL
         SELECT kind, coalesce(from_ms, to_ms), to_ms, 1, CASE kind WHEN 'gap' THEN 'warning' ELSE 'info' END, NULL, NULL,
           amount, after_sequence
         FROM telemetry_breaks WHERE board_id = ${id}
         UNION ALL
         SELECT 'roll-out', since, since, 1, 'info', record->>'$.name', record->>'$.by', stage, NULL FROM (
           SELECT rollout_id, (board->>'$.sinceMs')::DOUBLE AS since, (board->>'$.stage')::DOUBLE AS stage
           FROM rollout_boards WHERE board->>'$.boardId' = ${id}
         ) JOIN rollouts ON id = rollout_id WHERE since IS NOT NULL
       )
       SELECT *, (count(*) OVER ())::DOUBLE AS "all" FROM events
       WHERE "toMs" >= ${fromMs} AND "fromMs" < ${toMs} AND kind IN (${kinds})
       ORDER BY "toMs" DESC LIMIT ${mostEvents}`,
    );
    const rows = read.getRowObjectsJS() as unknown as (Row & { all: number })[];
    return { boardId, events: rows.map(eventOf).reverse(), leftOut: (rows[0]?.all ?? 0) - rows.length };
  });
}

function eventOf({ kind, fromMs, toMs, count, level, text, by, amount, after }: Row): TimelineEvent {
  const told = { kind, group: groupOf.get(kind)!, fromMs, toMs, count, level, by };
  switch (kind) {
    case 'gap':
      return { ...told, text: gapText(amount!, after!) };
    case 'clock step':
      return { ...told, text: clockStepText(amount!) };
    case 'roll-out':
      return { ...told, text: rolloutChangeText(text!, amount!) };
    default:
      return { ...told, text: text! };
  }
}

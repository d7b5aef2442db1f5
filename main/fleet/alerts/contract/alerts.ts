/** What a person is told of without looking: rules and alerts, the fleet's part of the contract. */
import * as v from 'valibot';
import { pageLimit } from '../../../contract/pieces.ts';
import { forOperators, forViewers, type Asker } from '../../../contract/roles.ts';
import { id, none, text, whole } from '../../../contract/schemas.ts';

/**
 * What is watched of a board, and the unit of its threshold. `silent`: minutes since it was last heard. `drift`: what it
 * says has moved (fleet/drift). `latency`, `energy`: 95th percentile, and mean, of the last hour, as a multiple of the week
 * before with the same bank. `resets`: starts by watchdog, fault or brown-out within 24 hours. `storage`: kilobytes that its
 * store has free. `voltage`: millivolts of its supply. `microphone`: it fell silent, is clipped or stuck (fleet/microphone).
 * `first today`: a class was heard for the first time on this day of the lab's time zone, with this probability or more.
 */
export const alertKinds = [
  ...(['silent', 'drift', 'latency', 'energy', 'resets', 'storage', 'voltage', 'microphone'] as const),
  'first today',
] as const;
export type AlertKind = (typeof alertKinds)[number];

/** Of one kind (and class) a board's own rule goes before its group's, and that before the one for all boards. */
export type AlertTarget =
  { kind: 'all' } | { kind: 'group'; groupId: string } | { kind: 'board'; boardId: string };

export interface AlertRule {
  id: string;
  kind: AlertKind;
  /** A rule that is off keeps those that are more general from its boards, too. */
  on: boolean;
  target: AlertTarget;
  /** In the unit of its kind; 0 of kinds that have none. */
  threshold: number;
  /** It must hold so long before the alert goes up, milliseconds. */
  forMs: number;
  /** The alert clears once the value is back beyond the threshold by so much. */
  hysteresis: number;
  /** After one has cleared, the next of the same board goes up so much later at the earliest, milliseconds. */
  coolDownMs: number;
  /** Of `first today`; empty of all others. */
  className: string;
}

/** Rules that are there by themselves have ids that begin so; they are changed, and not removed. */
export const usualPrefix = 'usual ';
export const isUsual = (ruleId: string): boolean => ruleId.startsWith(usualPrefix);

/**
 * `open`: nobody has said anything of it. `acknowledged`: somebody has seen it; it stays until it clears. `snoozed`: it is
 * open again at a time, if it holds then. `cleared`: it holds no more.
 */
export type AlertState = 'open' | 'acknowledged' | 'snoozed' | 'cleared';

export interface Alert {
  id: string;
  ruleId: string;
  kind: AlertKind;
  boardId: string;
  /** As it was called then. */
  boardName: string;
  state: AlertState;
  /** A sentence, with the value when it went up. */
  text: string;
  raisedMs: number;
  /** Of its last change. */
  changedMs: number;
  /** Null unless it is snoozed. */
  snoozedUntilMs: number | null;
  clearedMs: number | null;
  /** Oldest first. */
  log: AlertEntry[];
}

/** What happened to it; `by` is null for the lab itself. */
export interface AlertEntry {
  atMs: number;
  what: 'raised' | 'acknowledged' | 'snoozed' | 'open again' | 'cleared';
  by: Asker | null;
  /** Why it cleared, or until when it is snoozed, in words; empty for none. */
  more: string;
}

export interface AlertCounts {
  open: number;
  acknowledged: number;
  snoozed: number;
}

export interface WebhookState {
  on: boolean;
  /** Empty where none was given. */
  url: string;
  /** Messages since the lab was opened: taken, given up after the last try, dropped because too many waited. */
  sent: number;
  failed: number;
  dropped: number;
  waiting: number;
  /** The last answer or failure, a sentence; null for none yet. */
  last: string | null;
}

/** What came back from a test. */
export interface WebhookTest {
  /** HTTP's; null where nothing answered. */
  status: number | null;
  /** A sentence. */
  text: string;
  /** It was taken: a status of 200 to 299. */
  ok: boolean;
}

const mostIds = 1000;
const alertIds = v.pipe(v.array(id), v.minLength(1), v.maxLength(mostIds));
const amount = v.pipe(v.number(), v.finite(), v.minValue(0), v.maxValue(1e9));
const days = 366 * 86_400_000;

export const alertRequests = {
  /** Newest first: those that are up, or those that have cleared, a page at a time (those after the one of an id). */
  'alerts.list': forViewers(
    v.strictObject({ cleared: v.boolean(), after: v.optional(id), limit: whole(1, pageLimit) }),
  ),
  'alerts.counts': forViewers(none),
  /** Those that are up; the others are left as they are. The answer is how many were changed. */
  'alerts.acknowledge': forOperators(v.strictObject({ alertIds })),
  'alerts.snooze': forOperators(v.strictObject({ alertIds, minutes: whole(1, 366 * 24 * 60) })),
  'alerts.rules': forViewers(none),
  /** A new one without `ruleId`; what is left out stays, or is as usual for its kind. */
  'alerts.saveRule': forOperators(
    v.strictObject({
      ruleId: v.optional(id),
      kind: v.optional(v.picklist(alertKinds)),
      on: v.optional(v.boolean()),
      target: v.optional(
        v.variant('kind', [
          v.strictObject({ kind: v.literal('all') }),
          v.strictObject({ kind: v.literal('group'), groupId: id }),
          v.strictObject({ kind: v.literal('board'), boardId: id }),
        ]),
      ),
      threshold: v.optional(amount),
      forMs: v.optional(whole(0, days)),
      hysteresis: v.optional(amount),
      coolDownMs: v.optional(whole(0, days)),
      className: v.optional(text(200)),
    }),
  ),
  /** Its alerts clear. */
  'alerts.removeRule': forOperators(v.strictObject({ ruleId: id })),
  /** The address may hold a secret. */
  'alerts.webhook': forOperators(none),
  'alerts.setWebhook': forOperators(
    v.strictObject({ on: v.boolean(), url: v.optional(v.pipe(v.string(), v.maxLength(2000))) }),
  ),
  /** Sends a message to the address that is given, or kept, and waits for what comes back. */
  'alerts.testWebhook': forOperators(
    v.strictObject({ url: v.optional(v.pipe(v.string(), v.maxLength(2000))) }),
  ),
} as const;

export type RuleChange = v.InferOutput<(typeof alertRequests)['alerts.saveRule']['params']>;

export interface AlertResults {
  'alerts.list': Alert[];
  'alerts.counts': AlertCounts;
  'alerts.acknowledge': { changed: number };
  'alerts.snooze': { changed: number };
  'alerts.rules': AlertRule[];
  'alerts.saveRule': AlertRule;
  'alerts.removeRule': null;
  'alerts.webhook': WebhookState;
  'alerts.setWebhook': WebhookState;
  'alerts.testWebhook': WebhookTest;
}

export interface AlertEvents {
  /** Alerts that have changed, a few hundred at most at a time, and how many are up now. */
  alerts: { changed: Alert[]; counts: AlertCounts };
  /** All rules, after a change. */
  alertRules: AlertRule[];
}

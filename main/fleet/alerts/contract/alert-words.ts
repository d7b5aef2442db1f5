/** Alerts and rules in words, for the page, the command line and messages alike. */
import { count, dateTime, grouped, percent, span } from '../../../contract/figures.ts';
import type { Alert, AlertKind, AlertRule, AlertState } from './alerts.ts';

interface KindWords {
  /** What the threshold counts; empty for kinds that have none. */
  unit: string;
  /** On which side of the threshold the alert is. */
  side: 'above' | 'below' | 'none';
  about: string;
  /** What a person should know before they switch it on. */
  hint?: string;
}

export const kindWords: Record<AlertKind, KindWords> = {
  silent: { unit: 'min', side: 'above', about: 'not heard for' },
  drift: { unit: '', side: 'none', about: 'what it says has moved' },
  latency: { unit: 'times its week before', side: 'above', about: 'latency p95 of the last hour' },
  energy: { unit: 'times its week before', side: 'above', about: 'mean energy of the last hour' },
  resets: { unit: 'in 24 h', side: 'above', about: 'starts by watchdog, fault or brown-out' },
  storage: { unit: 'kB', side: 'below', about: 'free in its store' },
  voltage: {
    ...{ unit: 'mV', side: 'below', about: 'supply' },
    hint: 'what is low depends on the board, 1.8 V is as it should be for some: set it, then switch it on',
  },
  microphone: { unit: '', side: 'none', about: 'it fell silent, is clipped or stuck' },
  'first today': { unit: 'probability', side: 'above', about: 'a class was heard for the first time today' },
};

/** On that side the alert is, the threshold included. */
export const sideWords: Record<Exclude<KindWords['side'], 'none'>, string> = {
  above: 'at least',
  below: 'at most',
};

/** A rule's condition: “supply at most 2,800 mV for 10 min”. */
export function conditionText(rule: AlertRule): string {
  const { about, side, unit } = kindWords[rule.kind];
  const holds = rule.forMs > 0 ? ` for ${span(rule.forMs)}` : '';
  if (rule.kind === 'first today')
    return `${rule.className} heard for the first time today, probability ${rule.threshold} or more`;
  if (rule.kind === 'silent') return `${about} ${span(rule.threshold * 60_000)}${holds}`;
  if (side === 'none') return `${about}${holds}`;
  return `${about} ${sideWords[side]} ${grouped(rule.threshold)} ${unit}${holds}`;
}

/** What is to be done before a rule that is off is switched on; empty for nothing. */
export const hintText = ({ kind, on }: AlertRule): string => (on ? '' : (kindWords[kind].hint ?? ''));

/** How it clears, and when it may come again; empty for neither. */
export function easingText({ kind, threshold, hysteresis, coolDownMs }: AlertRule): string {
  const { side } = kindWords[kind];
  const eased =
    side === 'above'
      ? `below ${grouped(threshold - hysteresis)}`
      : `above ${grouped(threshold + hysteresis)}`;
  return [
    ...(hysteresis > 0 ? [`clears ${eased}`] : []),
    ...(coolDownMs > 0 ? [`no sooner again than after ${span(coolDownMs)}`] : []),
  ].join(', ');
}

/** The sentence of an alert that goes up. @param value in the unit of the kind @param more of what moved, or failed */
export function alertText(rule: AlertRule, boardName: string, value: number, more: string): string {
  switch (rule.kind) {
    case 'silent':
      return `${boardName} was last heard ${span(value * 60_000)} ago.`;
    case 'drift':
      return `What ${boardName} says has moved. ${more}`;
    case 'latency':
      return `${boardName} takes ${value.toFixed(2)} times as long for an inference as in the week before (p95 of the last hour).`;
    case 'energy':
      return `${boardName} needs ${value.toFixed(2)} times the energy for an inference that it did in the week before.`;
    case 'resets':
      return `${boardName} restarted ${count(value, 'time')} within a day by watchdog, fault or brown-out.`;
    case 'storage':
      return `${boardName} has ${value.toFixed(0)} kB free in its store.`;
    case 'voltage':
      return `The supply of ${boardName} is at ${(value / 1000).toFixed(2)} V.`;
    case 'microphone':
      return `The microphone of ${boardName}: ${more}`;
    case 'first today':
      return `${boardName} heard ${rule.className} for the first time today, probability ${percent(value, 0)}.`;
  }
}

export function stateText({ state, snoozedUntilMs, clearedMs }: Alert): string {
  if (state === 'snoozed' && snoozedUntilMs !== null) return `snoozed until ${dateTime(snoozedUntilMs)}`;
  return state === 'cleared' && clearedMs !== null ? `cleared ${dateTime(clearedMs)}` : state;
}

/** Tone of its badge. */
export const stateTone: Record<AlertState, 'bad' | 'warn' | 'good' | ''> = {
  ...{ open: 'bad', acknowledged: 'warn', snoozed: '', cleared: 'good' },
};

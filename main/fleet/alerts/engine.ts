/** When an alert goes up and when it clears: pure, from one value after another. */
import { kindWords } from './contract/alert-words.ts';
import type { AlertRule } from './contract/alerts.ts';

/** What is known of one rule and one board between two values. */
export interface Track {
  /** Since when the condition holds without a break; null while it does not. */
  sinceMs: number | null;
  /** When the last alert cleared; null for none. */
  clearedMs: number | null;
}

export const fresh: Track = { sinceMs: null, clearedMs: null };

export interface Step {
  track: Track;
  does: 'goes up' | 'clears' | null;
}

/**
 * An alert goes up once the value has been on the wrong side of the threshold for `forMs`, and `coolDownMs` after the last
 * one of the same rule and board cleared; it clears once the value is back beyond the threshold by `hysteresis`. A value
 * that is not known changes nothing.
 * @param up whether the alert is up
 */
export function step(rule: AlertRule, up: boolean, track: Track, value: number | null, nowMs: number): Step {
  if (value === null) return { track, does: null };
  if (up) {
    if (!isEased(rule, value)) return { track, does: null };
    return { track: { sinceMs: null, clearedMs: nowMs }, does: 'clears' };
  }
  if (!isOver(rule, value)) return { track: { ...track, sinceMs: null }, does: null };
  const sinceMs = track.sinceMs ?? nowMs;
  const cooled = track.clearedMs === null || nowMs - track.clearedMs >= rule.coolDownMs;
  const goesUp = cooled && nowMs - sinceMs >= rule.forMs;
  return { track: { ...track, sinceMs }, does: goesUp ? 'goes up' : null };
}

/** On the wrong side of the threshold, or at it. */
export function isOver({ kind, threshold }: AlertRule, value: number): boolean {
  const { side } = kindWords[kind];
  if (side === 'none') return value > 0;
  return side === 'above' ? value >= threshold : value <= threshold;
}

/** Back on the right side, and far enough. */
function isEased({ kind, threshold, hysteresis }: AlertRule, value: number): boolean {
  const { side } = kindWords[kind];
  if (side === 'none') return value <= 0;
  return side === 'above' ? value < threshold - hysteresis : value > threshold + hysteresis;
}

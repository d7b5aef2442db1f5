import { describe, expect, it } from 'vitest';
import { Applying } from './applying.ts';
import type { AlertRule } from './contract/alerts.ts';
import { fresh, isOver, step, type Track } from './engine.ts';
import { usualRule, usualRules } from './usual-rules.ts';

const minute = 60_000;
const rule = (changes: Partial<AlertRule> = {}): AlertRule => ({
  ...usualRule('voltage', 'r'),
  ...{ threshold: 2800, hysteresis: 100, forMs: 0, coolDownMs: 0, ...changes },
});

/** What happens at each value, a minute after the one before. */
function told(of: AlertRule, values: readonly (number | null)[]): string[] {
  let track: Track = fresh;
  let up = false;
  return values.map((value, i) => {
    const next = step(of, up, track, value, i * minute);
    track = next.track;
    if (next.does) up = next.does === 'goes up';
    return next.does ?? '';
  });
}

describe('an alert', () => {
  it('goes up at the threshold, and clears only beyond the hysteresis', () => {
    expect(told(rule(), [3000, 2801, 2800, 2850, 2900, 2901, 2800])).toEqual([
      ...['', '', 'goes up', '', '', 'clears', 'goes up'],
    ]);
    const above = rule({ kind: 'latency', threshold: 1.5, hysteresis: 0.25 });
    expect(told(above, [1, 1.5, 1.3, 1.25, 1.24])).toEqual(['', 'goes up', '', '', 'clears']);
  });

  it('waits until it has held for its time without a break', () => {
    const of = rule({ forMs: 2 * minute });
    expect(told(of, [2700, 2700, 2801, 2700, 2700, 2700])).toEqual(['', '', '', '', '', 'goes up']);
  });

  it('comes again only once it has cooled down, and holds then', () => {
    const of = rule({ coolDownMs: 3 * minute });
    expect(told(of, [2700, 3000, 2700, 2700, 2700])).toEqual(['goes up', 'clears', '', '', 'goes up']);
    expect(told(of, [2700, 3000, 2700, 3000, 3000, 3000])).toEqual(['goes up', 'clears', '', '', '', '']);
  });

  it('is left as it is by a value that is not known', () => {
    const of = rule({ forMs: 2 * minute });
    expect(told(of, [2700, null, 2700, null, 3000])).toEqual(['', '', 'goes up', '', 'clears']);
  });

  it('of a kind without a threshold is up while it is told', () => {
    expect(told(rule({ kind: 'drift', threshold: 0, hysteresis: 0 }), [0, 1, 1, 0])).toEqual([
      ...['', 'goes up', '', 'clears'],
    ]);
  });

  it('is up for a board that was not heard for as long as the threshold says, to the minute', () => {
    const silent = usualRule('silent', 's');
    expect([59.9, 60].map((value) => isOver(silent, value))).toEqual([false, true]);
  });
});

describe('of rules of one kind', () => {
  const of = (changes: Partial<AlertRule>) => rule({ ...changes, threshold: 1 });
  const all = of({ id: 'all' });
  const group = of({ id: 'group', target: { kind: 'group', groupId: 'g' } });
  const own = of({ id: 'own', target: { kind: 'board', boardId: 'b' } });
  const ids = (rules: readonly AlertRule[], boardId: string, groupId: string | null) =>
    new Applying(rules).of(boardId, groupId).map(({ id }) => id);

  it('the board’s own goes before its group’s, and that before the one for all', () => {
    const rules = [own, all, group];
    expect([ids(rules, 'b', 'g'), ids(rules, 'c', 'g'), ids(rules, 'c', null), ids([own], 'c', 'g')]).toEqual(
      [...[['own'], ['group'], ['all'], []]],
    );
  });

  it('one that is off keeps the more general ones off, too', () => {
    expect(ids([all, { ...group, on: false }], 'c', 'g')).toEqual([]);
    expect(ids([all, { ...group, on: false }], 'c', 'h')).toEqual(['all']);
  });

  it('those of different classes do not stand for each other', () => {
    const heard = (id: string, className: string) => ({ ...usualRule('first today', id), className });
    expect(ids([heard('dog', 'dog'), heard('rain', 'rain')], 'b', null)).toEqual(['dog', 'rain']);
  });
});

it('the usual rules are one of each kind, but for the class that nobody can know; what supply is low a person says first', () => {
  expect(usualRules().map(({ kind, target, on }) => [kind, target.kind, on])).toEqual(
    [...['silent', 'drift', 'microphone', 'latency', 'energy', 'resets', 'storage', 'voltage']].map(
      (kind) => [kind, 'all', kind !== 'voltage'],
    ),
  );
});

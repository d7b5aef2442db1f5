/** The rules that are there until a person changes them: one a kind, for all boards. */
import { usualPrefix, type AlertKind, type AlertRule } from './contract/alerts.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

type Usual = Pick<AlertRule, 'threshold' | 'forMs' | 'hysteresis' | 'coolDownMs'> & { on?: boolean };

const usual: Record<AlertKind, Usual> = {
  silent: { threshold: 60, forMs: 0, hysteresis: 0, coolDownMs: 0 },
  // Both are judged anew no oftener than they change, and each says itself how seldom it is wrong.
  drift: { threshold: 0, forMs: 0, hysteresis: 0, coolDownMs: dayMs },
  microphone: { threshold: 0, forMs: 0, hysteresis: 0, coolDownMs: dayMs },
  latency: { threshold: 1.5, forMs: 30 * minuteMs, hysteresis: 0.2, coolDownMs: 6 * hourMs },
  energy: { threshold: 1.5, forMs: 30 * minuteMs, hysteresis: 0.2, coolDownMs: 6 * hourMs },
  resets: { threshold: 3, forMs: 0, hysteresis: 1, coolDownMs: 6 * hourMs },
  storage: { threshold: 32, forMs: 0, hysteresis: 16, coolDownMs: hourMs },
  // Below what three alkaline cells and most 3.3 V regulators are good for. A board on 1.8 V is well at 1.8 V: until a person
  // has said what is low for theirs, nobody is told.
  voltage: { on: false, threshold: 2800, forMs: 10 * minuteMs, hysteresis: 100, coolDownMs: hourMs },
  'first today': { threshold: 0.5, forMs: 0, hysteresis: 0, coolDownMs: 0 },
};

/** On: who makes a rule of their own wants it. */
export const usualRule = (kind: AlertKind, id: string): AlertRule => ({
  ...{ id, kind, target: { kind: 'all' }, className: '' },
  ...usual[kind],
  on: true,
});

/** Which class a person wants to hear of nobody knows: of that kind there is none. */
export const usualRules = (): AlertRule[] =>
  (Object.keys(usual) as AlertKind[])
    .filter((kind) => kind !== 'first today')
    .map((kind) => ({ ...usualRule(kind, usualPrefix + kind), on: usual[kind].on ?? true }));

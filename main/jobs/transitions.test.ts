import { describe, expect, it } from 'vitest';
import type { JobState } from '../contract/types.ts';
import { isFinished, jobEvents, nextState, transitions } from './transitions.ts';

const cases = Object.entries(transitions).flatMap(([state, row]) =>
  Object.entries(row).map(
    ([event, next]) =>
      ({ state, event, next }) as { state: JobState; event: (typeof jobEvents)[number]; next: string },
  ),
);

describe('the table of job states', () => {
  it('has an entry for every state and event', () => {
    expect(cases).toHaveLength(6 * jobEvents.length);
  });

  it.each(cases.filter(({ next }) => next !== 'refused' && next !== 'never'))(
    'takes a $state job to $next on $event',
    ({ state, event, next }) => {
      expect(nextState(state, event)).toBe(next);
    },
  );

  it.each(cases.filter(({ next }) => next === 'refused'))(
    'refuses to $event a $state job',
    ({ state, event }) => {
      expect(() => nextState(state, event)).toThrow(expect.objectContaining({ code: 'JOB_STATE' }));
    },
  );

  it.each(cases.filter(({ next }) => next === 'never'))(
    'throws when a $state job meets $event',
    ({ state, event }) => {
      expect(() => nextState(state, event)).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
    },
  );

  it('leaves the finished states only by resuming what failed', () => {
    for (const { state, event, next } of cases) {
      if (isFinished(state) && next !== 'refused' && next !== 'never' && next !== state) {
        expect([state, event, next]).toEqual(['failed', 'resume', 'queued']);
      }
    }
  });

  it('makes a repeated command harmless', () => {
    expect(nextState('paused', 'pause')).toBe('paused');
    expect(nextState('running', 'resume')).toBe('running');
    expect(nextState('cancelled', 'cancel')).toBe('cancelled');
  });
});

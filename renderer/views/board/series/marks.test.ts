import { expect, it } from 'vitest';
import type { TimelineEvent } from '../../../../main/contract/types.ts';
import { eventsAt } from './marks.ts';

const event = (text: string, fromMs: number, toMs = fromMs): TimelineEvent => ({
  ...{ kind: 'gap', group: 'records', fromMs, toMs, count: 1, level: 'info', text, by: null },
});

it('finds the events that are at a place of a chart, and those that last over it', () => {
  const events = [event('long', 0, 1000), event('left', 500), event('right', 540)];
  const at = (pixel: number) => eventsAt(events, pixel, (ms) => ms / 2).map(({ text }) => text);
  expect(at(250)).toEqual(['long', 'left']);
  expect(at(268)).toEqual(['long', 'right']);
  expect(at(505)).toEqual(['long']);
  expect(at(506)).toEqual([]);
});

import { describe, expect, it } from 'vitest';
import { Outbox, type Message } from './outbox.ts';

const state = (topic: string, text: string): Message => ({ topic, payload: () => text, retain: true });
const event = (text: string): Message => ({ topic: 'alerts', payload: () => text, retain: false });
const taken = (outbox: Outbox): string[] => {
  const texts: string[] = [];
  for (let one = outbox.take(); one; one = outbox.take()) texts.push(one.payload());
  return texts;
};

describe('what waits for a broker', () => {
  it('is the newest state of each topic, at the place of the first, after all events', () => {
    const outbox = new Outbox(10);
    outbox.put(state('a', 'a1'));
    outbox.put(state('b', 'b1'));
    outbox.put(event('e1'));
    outbox.put(state('a', 'a2'));
    outbox.put(event('e2'));
    expect(outbox.waiting).toBe(4);
    expect(taken(outbox)).toEqual(['e1', 'e2', 'a2', 'b1']);
    expect(outbox.waiting).toBe(0);
  });

  it('is so many events at most: the oldest go, and are counted', () => {
    const outbox = new Outbox(2);
    for (const text of ['1', '2', '3', '4']) outbox.put(event(text));
    expect(outbox.dropped).toBe(2);
    expect(taken(outbox)).toEqual(['3', '4']);
  });

  it('comes back to the front when it was lost on the way, but never over what is newer', () => {
    const outbox = new Outbox(2);
    outbox.put(event('2'));
    outbox.put(state('a', 'newer'));
    outbox.putBack(event('1'));
    outbox.putBack(state('a', 'older'));
    outbox.putBack(state('b', 'b'));
    expect(taken(outbox)).toEqual(['1', '2', 'newer', 'b']);
    outbox.put(event('2'));
    outbox.put(event('3'));
    outbox.putBack(event('1'));
    expect([outbox.dropped, ...taken(outbox)]).toEqual([1, '2', '3']);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { record } from '../test/lab-double.ts';
import { TelemetryRing } from './telemetry-ring.ts';

const sequences = (ring: TelemetryRing) => Array.from(ring.view('sequence'));

describe('the telemetry ring', () => {
  it('holds the last records in order, however many went through it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 60 }), (capacity, count) => {
        const ring = new TelemetryRing(capacity);
        const pushed = Array.from({ length: count }, (_, i) => i + 1);
        for (const sequence of pushed) ring.push(record(sequence));
        expect(sequences(ring)).toEqual(pushed.slice(-capacity));
        expect(ring.view('energy')).toHaveLength(ring.length);
      }),
    );
  });

  it('takes no memory as records go through it', () => {
    const ring = new TelemetryRing(4);
    ring.push(record(1));
    const { buffer } = ring.view('total');
    for (let sequence = 2; sequence < 50; sequence++) ring.push(record(sequence));
    expect(ring.view('total').buffer).toBe(buffer);
  });

  it('cumulates the stages', () => {
    const ring = new TelemetryRing(4);
    ring.push(record(1, { featuresUs: 10, encoderUs: 20, routerUs: 3, expertUs: 4 }));
    const stages = ['features', 'encoder', 'router', 'total'] as const;
    expect(stages.map((stage) => ring.view(stage)[0])).toEqual([10, 30, 33, 37]);
  });

  it('refuses a record twice, and one that is older than the last of its boot', () => {
    const ring = new TelemetryRing(8);
    expect(ring.push(record(5))).toBe(true);
    expect(ring.push(record(5))).toBe(false);
    expect(ring.push(record(4))).toBe(false);
    expect(sequences(ring)).toEqual([5]);
  });

  it('counts what is missing between records and leaves room for it', () => {
    const ring = new TelemetryRing(8);
    for (const sequence of [1, 2, 6]) ring.push(record(sequence));
    expect(Array.from(ring.view('missing'))).toEqual([0, 0, 3]);
    expect(Array.from(ring.view('position'))).toEqual([0, 1, 5]);
  });

  it('draws a long absence narrower but counts all of it', () => {
    const ring = new TelemetryRing(8);
    ring.push(record(1));
    ring.push(record(10_002));
    expect(ring.view('missing')[1]).toBe(10_000);
    expect(ring.view('position')[1]).toBeLessThan(20);
  });

  it('starts the sequence anew after a restart of the board', () => {
    const ring = new TelemetryRing(8);
    ring.push(record(90, { bootId: 1 }));
    ring.push(record(1, { bootId: 2 }));
    ring.push(record(4, { bootId: 3 }));
    expect(Array.from(ring.view('missing'))).toEqual([0, 0, 3]);
  });
});

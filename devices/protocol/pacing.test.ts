import { describe, expect, test } from 'vitest';
import { frameLength } from './framing.ts';
import { Pacing } from './pacing.ts';
import { RoundTrip } from './round-trip.ts';

const path = {
  largestPiece: 2256,
  largestWindow: 7,
  frameBytes: (piece: number) => frameLength('binary', piece + 40),
  bytesPerMs: 92,
  roundTripMs: 3,
};

/** Pieces fare as on a line with that bit error rate; the same on average, without chance. */
function after(bitErrorRate: number, keepsEarly: boolean): Pacing {
  const pacing = new Pacing(() => path);
  if (keepsEarly) pacing.kept();
  let due = 0;
  for (let frames = 0; frames < 2000; frames++) {
    const piece = pacing.pieceBytes;
    due += 1 - (1 - bitErrorRate) ** (8 * path.frameBytes(piece));
    if (due >= 1) {
      due--;
      pacing.lost(piece);
    } else {
      pacing.taken(piece);
    }
  }
  return pacing;
}

describe('pacing', () => {
  test('begins with small pieces and takes the largest once nothing was lost', () => {
    const pacing = new Pacing(() => path);
    expect(pacing.pieceBytes).toBe(512);
    for (let i = 0; i < 20; i++) pacing.taken(pacing.pieceBytes);
    expect(pacing.pieceBytes).toBe(2256);
    expect(pacing.window).toBe(4);
  });

  test('takes smaller pieces the more is lost', () => {
    const sizes = [0, 1e-6, 1e-5, 1e-4, 1e-3].map((rate) => after(rate, true).pieceBytes);
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    // Where half the frame's head and tail is as dear as what is lost: sqrt(overhead / error rate a byte), nearly.
    expect(sizes[3]).toBeGreaterThan(130);
    expect(sizes[3]).toBeLessThan(320);
  });

  test('expects less of a line where all that follows a loss is sent in vain', () => {
    expect(after(1e-4, false).share).toBeLessThan(after(1e-4, true).share);
  });

  test('forgets', () => {
    const pacing = after(1e-4, true);
    for (let i = 0; i < 2000; i++) pacing.taken(pacing.pieceBytes);
    expect(pacing.pieceBytes).toBe(2256);
  });
});

describe('the time limit', () => {
  test('is a second before anything was measured, and follows the round trips after', () => {
    const roundTrip = new RoundTrip();
    expect(roundTrip.limitMs).toBe(1000);
    roundTrip.add(400);
    // RFC 6298: the first variation is half the first round trip, and four of them are added.
    expect(roundTrip.limitMs).toBe(400 + 4 * 200);
    for (let i = 0; i < 100; i++) roundTrip.add(300);
    expect(roundTrip.limitMs).toBeGreaterThan(300);
    expect(roundTrip.limitMs).toBeLessThan(310);
    for (let i = 0; i < 100; i++) roundTrip.add(2);
    expect(roundTrip.limitMs).toBe(150);
    expect(roundTrip.shortestMs).toBe(2);
  });
});

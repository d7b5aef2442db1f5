import { describe, expect, test } from 'vitest';
import {
  boardRoutes,
  cascadeAgreement,
  cascadeDifference,
  routingAgreement,
  routingDifference,
} from './routing-agreement.ts';

const sure = { gate: [0.7, 0.2, 0.1], choice: 0 };

describe('the difference of two decisions', () => {
  test('is 0 between equal ones', () => {
    expect(routingDifference(sure, sure)).toEqual({ largest: 0, sameChoice: true, lead: 0 });
  });

  test('is the largest of the gates’ differences, and how sure the second was of its choice', () => {
    const other = routingDifference({ gate: [0.2, 0.7, 0.1], choice: 1 }, sure);
    expect(other).toMatchObject({ sameChoice: false });
    expect(other.largest).toBeCloseTo(0.5, 12);
    expect(other.lead).toBeCloseTo(0.5, 12);
  });

  test('is no number where a gate is none, and so never agrees', () => {
    const broken = { gate: [NaN, 0.2, 0.1], choice: 0 };
    const agreement = routingAgreement(broken, sure, sure);
    expect(agreement.implementation.largest).toBeNaN();
    expect(boardRoutes(agreement, 'encoder')).toBe(false);
  });

  test.each([
    [{ gate: [1, 0], choice: 0 }, sure],
    [{ gate: [0.7, 0.2, 0.1], choice: 3 }, sure],
    [
      { gate: [], choice: 0 },
      { gate: [], choice: 0 },
    ],
  ])('cannot be told of gates that do not belong together', (a, b) => {
    expect(() => routingDifference(a, b)).toThrow(RangeError);
  });
});

describe('the difference of two cascades', () => {
  const thresholds = Float32Array.of(0.25, 0.5);

  test('is that of their scores, and how far the second’s misses the choice of the first', () => {
    const b = { score: 0.375, choice: 1 };
    expect(cascadeDifference(b, b, thresholds)).toEqual({ largest: 0, sameChoice: true, lead: 0 });
    expect(cascadeDifference({ score: 0.75, choice: 2 }, b, thresholds)).toMatchObject({
      largest: 0.375,
      sameChoice: false,
      lead: 0.125,
    });
    expect(cascadeDifference({ score: 0.125, choice: 0 }, b, thresholds).lead).toBe(0.125);
  });

  test('lets a board choose otherwise where its score lies at a threshold', () => {
    const near = { score: 0.2501, choice: 1 };
    const held = (score: number, choice: number) =>
      boardRoutes(
        cascadeAgreement({ board: { score, choice }, quantized: near, float: near }, thresholds),
        'encoder',
      );
    expect([held(0.2499, 0), held(0.2501, 1), held(0.2501, 2)]).toEqual([true, true, false]);
  });
});

describe('a board routes as its reference does', () => {
  const held = (gate: number[], choice: number) =>
    routingAgreement({ gate, choice }, { gate: [0.41, 0.4, 0.19], choice: 0 }, sure);

  test('with the same choice and gates within rounding, which an encoder of int8 widens', () => {
    const near = held([0.43, 0.38, 0.19], 0);
    expect([boardRoutes(near, 'encoder'), boardRoutes(near, null)]).toEqual([true, false]);
  });

  test('with the other of two experts that are as good as equal', () => {
    expect(boardRoutes(held([0.4, 0.41, 0.19], 1), 'encoder')).toBe(true);
  });

  test('but not with an expert that its own gates do not prefer', () => {
    expect(boardRoutes(held([0.41, 0.4, 0.19], 2), 'encoder')).toBe(false);
  });

  test('and what fewer bits cost is told apart', () => {
    const { implementation, quantization } = held([0.41, 0.4, 0.19], 0);
    expect(implementation.largest).toBe(0);
    expect(quantization.largest).toBeCloseTo(0.29, 12);
  });
});

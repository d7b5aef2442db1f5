import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { curveOf, type Scored, type Stretch } from './match.ts';

const heard = (fileId: number, startS: number, endS: number, peak = 0.9): Scored => ({
  fileId,
  startS,
  endS,
  peak,
});
const mark = (fileId: number, startS: number, endS: number): Stretch => ({ fileId, startS, endS });
const least = (detections: Scored[], marks: Stretch[], overlap = 0.5) =>
  curveOf(detections, marks, overlap)[0]!;

describe('detections and marks', () => {
  it('match where they have enough of the shorter one in common, in the same file', () => {
    expect(least([heard(0, 0, 2)], [mark(0, 1, 9)]).matched).toBe(1);
    expect(least([heard(0, 0, 2)], [mark(0, 1.1, 9)]).matched).toBe(0);
    expect(least([heard(0, 0, 2)], [mark(1, 0, 2)]).matched).toBe(0);
    expect(least([heard(0, 0, 2)], [mark(0, 1.1, 9)], 0.4).matched).toBe(1);
  });

  it('match one to one, those with the most in common first', () => {
    const point = least([heard(0, 0, 2), heard(0, 2, 4)], [mark(0, 0.5, 4)]);
    expect(point).toMatchObject({ detections: 2, matched: 1, precision: 0.5, recall: 1, f1: 2 / 3 });
    expect(least([heard(0, 0, 4)], [mark(0, 0, 1), mark(0, 2, 4)])).toMatchObject({
      matched: 1,
      recall: 0.5,
    });
  });

  it('are counted anew at each threshold', () => {
    const curve = curveOf([heard(0, 0, 2, Math.fround(0.7)), heard(0, 5, 6, 0.9)], [mark(0, 0, 2)], 0.5);
    const at = (threshold: number) => curve.find((one) => one.threshold === threshold);
    expect(at(0.7)).toMatchObject({ detections: 2, matched: 1, precision: 0.5, recall: 1 });
    expect(at(0.71)).toMatchObject({ detections: 1, matched: 0, precision: 0, recall: 0 });
    expect(at(0.91)).toEqual({
      threshold: 0.91,
      detections: 0,
      matched: 0,
      precision: null,
      recall: 0,
      f1: 0,
    });
  });

  it('never match more than there are, and no fewer where less must be in common', () => {
    const stretch = fc.tuple(
      fc.integer({ min: 0, max: 1 }),
      fc.integer({ min: 0, max: 20 }),
      fc.integer({ min: 1, max: 5 }),
    );
    fc.assert(
      fc.property(fc.array(stretch, { maxLength: 8 }), fc.array(stretch, { maxLength: 8 }), (a, b) => {
        const detections = a.map(([file, start, length]) => heard(file, start, start + length));
        const marks = b.map(([file, start, length]) => mark(file, start, start + length));
        const { matched } = least(detections, marks);
        expect(matched).toBeLessThanOrEqual(Math.min(detections.length, marks.length));
        // By hand: no detection that is left over could have had a mark that is left over.
        if (detections.length === 1 && marks.length === 1) {
          const common =
            Math.min(detections[0]!.endS, marks[0]!.endS) - Math.max(detections[0]!.startS, marks[0]!.startS);
          const shorter = Math.min(
            detections[0]!.endS - detections[0]!.startS,
            marks[0]!.endS - marks[0]!.startS,
          );
          expect(matched).toBe(detections[0]!.fileId === marks[0]!.fileId && common >= shorter / 2 ? 1 : 0);
        }
      }),
    );
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { breakEvenInferences, f1PerMillijoule, gramsPerThousand, trainingGrams } from './carbon.ts';
import { contributions, flipRate, meanBits } from './routing.ts';
import { errorDetection } from './uncertainty.ts';

// Ten clips with ties: the most certain first, 1 of 3 wrong at 0.4, 1 of 3 at 0.5, 1 of 1 at 0.6.
const uncertainty = [0.3, 0.5, 0.5, 0.4, 0.2, 0.6, 0.3, 0.5, 0.4, 0.4];
const wrong = [2, 5, 8].reduce((list, i) => list.with(i, true), new Array<boolean>(10).fill(false));

test('error detection agrees with a worked example that has ties', () => {
  const result = errorDetection(uncertainty, wrong);
  // scikit-learn 1.9.1: roc_auc_score
  expect(result.auroc).toBeCloseTo(0.8095238095238095, 12);
  // Errors expected among the k most certain, over k: nothing before the fourth clip.
  const risks = [1 / 3 / 4, 2 / 3 / 5, 1 / 6, 4 / 3 / 7, 5 / 3 / 8, 2 / 9, 3 / 10];
  expect(result.aurc).toBeCloseTo(risks.reduce((sum, risk) => sum + risk, 0) / 10, 12);
  // Trapezoids of errors against answers: 3 · 1/2 + 3 · 3/2 + 1 · 5/2
  expect(result.augrc).toBeCloseTo(0.085, 12);
  expect(result.curve).toEqual([
    { coverage: 0.1, risk: 0, generalizedRisk: 0 },
    { coverage: 0.3, risk: 0, generalizedRisk: 0 },
    { coverage: 0.6, risk: 1 / 6, generalizedRisk: 0.1 },
    { coverage: 0.9, risk: 2 / 9, generalizedRisk: 0.2 },
    { coverage: 1, risk: 0.3, generalizedRisk: 0.3 },
  ]);
});

test('AUGRC equals (1 − AUROC) · accuracy · (1 − accuracy) + (1 − accuracy)² / 2, ties or not', () => {
  const clips = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.boolean()), {
    minLength: 2,
    maxLength: 60,
  });
  fc.assert(
    fc.property(clips, (list) => {
      const result = errorDetection(list.map(([u]) => u), list.map(([, w]) => w)); // prettier-ignore
      fc.pre(result.auroc !== null);
      const right = list.filter(([, isWrong]) => !isWrong).length / list.length;
      expect(result.augrc).toBeCloseTo((1 - result.auroc!) * right * (1 - right) + (1 - right) ** 2 / 2, 12);
    }),
  );
});

test('the order of equally uncertain clips does not matter', () => {
  const backwards = errorDetection(uncertainty.toReversed(), wrong.toReversed());
  expect(backwards).toEqual(errorDetection(uncertainty, wrong));
});

test('an uncertainty that is the same for all clips is worth as much as chance', () => {
  const result = errorDetection([1, 1, 1, 1], [true, false, false, false]);
  expect(result).toMatchObject({ auroc: 0.5, aurc: 0.25, augrc: 0.125 });
  expect(result.histogram).toEqual({ edges: [1, 1], right: [3], wrong: [1] });
});

test('where every answer is right there is no AUROC and no risk', () => {
  expect(errorDetection([1, 2, 3], [false, false, false])).toMatchObject({ auroc: null, aurc: 0, augrc: 0 });
  expect(() => errorDetection([], [])).toThrow(RangeError);
});

test('the histogram holds every clip, the largest in the last bin', () => {
  const { histogram } = errorDetection(uncertainty, wrong);
  expect(histogram.right.reduce((a, b) => a + b, 0)).toBe(7);
  expect(histogram.wrong.at(-1)).toBe(1);
  expect(histogram.edges).toHaveLength(histogram.right.length + 1);
});

test('long curves are thinned but keep their ends', () => {
  const { curve } = errorDetection(
    Array.from({ length: 1000 }, (_, i) => i),
    Array.from({ length: 1000 }, (_, i) => i % 10 === 9),
  );
  expect(curve).toHaveLength(200);
  expect(curve[0]!.coverage).toBe(0.001);
  expect(curve.at(-1)).toEqual({ coverage: 1, risk: 0.1, generalizedRisk: 0.1 });
});

test('a sample flips if any draw chooses another expert', () => {
  expect(flipRate([[0, 1, 2, 2], [0, 1, 2, 1], [0, 0, 2, 2]])).toBe(0.5); // prettier-ignore
  expect(() => flipRate([[0, 1]])).toThrow(RangeError);
  expect(() => flipRate([[0, 1], [0]])).toThrow(RangeError);
});

test('contributions and mean bits of a routing, also where several answer together', () => {
  const alone = (expert: number) => [{ expert, share: 1 }];
  expect(contributions([alone(0), alone(2), alone(2), alone(1)], 3)).toEqual([1, 1, 2]);
  const together = [{ expert: 0, share: 0.25 }, { expert: 2, share: 0.75 }]; // prettier-ignore
  expect(contributions([alone(2), together], 3)).toEqual([0.25, 0, 1.75]);
  expect(meanBits([0.25, 0.25, 0.5], [2, 4, 8])).toBe(5.5);
});

test('carbon of a worked example', () => {
  // 3.6 mJ a thousand times is 1 mWh: a millionth of a kWh, at 400 g/kWh 0.4 mg.
  expect(gramsPerThousand(3.6, 400)).toBeCloseTo(4e-4, 15);
  // One hour at 20 W is 0.02 kWh: 8 g.
  expect(trainingGrams(3600, 20, 400)).toBeCloseTo(8, 12);
  expect(breakEvenInferences(3600, 20, 3.6)).toBeCloseTo(2e7, 3);
  expect(breakEvenInferences(3600, 20, 3.6) * gramsPerThousand(3.6, 400)).toBeCloseTo(8000, 6);
  expect(f1PerMillijoule(0.9, 3)).toBeCloseTo(0.3, 15);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ClipAnswer } from './answers.ts';
import { calibrationOf } from './calibration.ts';
import { calibrationOfDraws, detectionOfDraws, doubtOf } from './quality.ts';
import { auroc } from './roc.ts';
import { modelScores } from './scores.ts';
import type { Training } from './trainings.ts';
import { errorDetection } from './uncertainty.ts';

const once = (answers: readonly ClipAnswer[], temperatures: Training['temperatures'] = null): Training[] => [
  { seed: 1, answers, temperatures },
];
const answer = (i: number, share: number, truth: number): ClipAnswer => ({
  clip: `${i}`,
  source: `${i >> 1}`,
  fold: 1,
  truth,
  probabilities: [share, 1 - share],
  curiosity: null,
});
const someAnswers = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 10 }), fc.nat({ max: 1 })), { minLength: 2, maxLength: 12 })
  .map((list) => list.map(([tenth, truth], i) => answer(i, tenth / 10, truth)));
const drawOf = (answers: readonly ClipAnswer[]) =>
  fc.array(fc.nat({ max: answers.length - 1 }), { minLength: 1, maxLength: 15 });

test('calibration and error detection of a draw are those of the clips drawn', () => {
  fc.assert(
    fc.property(
      someAnswers.chain((answers) => fc.tuple(fc.constant(answers), drawOf(answers))),
      ([answers, draw]) => {
        const drawn = draw.map((i) => answers[i]!);
        const { ece, brier, nll } = calibrationOf(drawn);
        calibrationOfDraws(answers)(draw).forEach((value, i) =>
          expect(value).toBeCloseTo([ece, brier, nll][i]!, 9),
        );
        const doubts = drawn.map(doubtOf);
        const wrong = drawn.map(({ probabilities, truth }) => (probabilities[0]! >= 0.5 ? 0 : 1) !== truth);
        const expected = errorDetection(doubts, wrong);
        const found = detectionOfDraws(answers, answers.map(doubtOf))(draw);
        // by ranks, as roc.ts has it
        const ranked = auroc(doubts, wrong);
        if (ranked === null) expect(found[0]).toBeNaN();
        else expect(found[0]).toBeCloseTo(ranked, 9);
        expect(found[1]).toBeCloseTo(expected.aurc, 9);
        expect(found[2]).toBeCloseTo(expected.augrc, 9);
      },
    ),
  );
});

test('scores of calibration and error detection have intervals around them', () => {
  const answers = Array.from({ length: 80 }, (_, i) => answer(i, (1 + (i % 9)) / 10, (i * 7) % 3 === 0 ? 1 : 0));
  const options = { resamples: 300, seed: 1, level: 0.95 };
  const { calibration, uncertainty } = modelScores(once(answers, new Map([[1, 2]])), 2, options);
  const estimates = [
    calibration.estimates!.brier!,
    calibration.estimates!.nll!,
    calibration.scaled!.change!.nll!,
    uncertainty[0]!.estimates!.auroc!,
    uncertainty[0]!.estimates!.augrc!,
  ];
  for (const { value, low, high } of estimates) {
    expect(low).toBeLessThan(value);
    expect(high).toBeGreaterThan(value);
  }
  expect(calibration.scaled!.change!.nll!.value).toBeCloseTo(
    calibration.scaled!.scores.nll - calibration.plain.nll,
    12,
  );
  const flawless = answers.map((one) => ({ ...one, truth: one.probabilities[0]! >= 0.5 ? 0 : 1 }));
  expect(modelScores(once(flawless), 2, options).uncertainty[0]!.estimates!.auroc).toBeNull();
}); // prettier-ignore

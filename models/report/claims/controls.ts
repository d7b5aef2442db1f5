import { count } from '../../../main/contract/figures.ts';
import { digits, estimate, list, score } from '../format.ts';
import type { MixtureResult, UncertaintyKind } from '../results.ts';
import { uncertaintyName } from '../uncertainty-name.ts';
import {
  curious,
  judged,
  notExamined,
  plainRouter,
  type AskedRule,
  type Bare,
  type Judged,
  type Wanted,
} from './rules.ts';

/** What the paper does not test, and what its claims stand or fall with. */
export const controls: readonly AskedRule[] = [
  { rule: alphaRaisesPrecision, ofSounds: true },
  { rule: curiosityBeatsChance, ofSounds: true },
  { rule: curiosityBeatsThreshold, ofSounds: true },
  { rule: routingBeatsOneExpert, ofSounds: true },
  { rule: curiosityFindsErrors, ofSounds: true },
];

const answers: Wanted = { measures: ['accuracy', 'weighted-f1'] };

function alphaRaisesPrecision(results: Judged) {
  const claim = 'A larger alpha moves sounds to experts of higher precision.';
  const plain = plainRouter(results);
  const routers = curious(results);
  if (!plain || routers.length === 0)
    return { claim, ...notExamined('There is no plain or no curiosity router.') };
  const steps = [plain, ...routers];
  const rises = steps.slice(1).map((next, i) => next.meanBits - steps[i]!.meanBits);
  const rose = routers.at(-1)!.meanBits > plain.meanBits;
  const path = steps.map(({ alpha, meanBits }) => `${meanBits.toFixed(2)} at alpha ${alpha ?? 0}`);
  return {
    claim,
    verdict: rose ? (rises.every((rise) => rise >= 0) ? 'holds' : 'holds in part') : 'does not hold',
    finding: `Mean bits: ${list(path)}.`,
  } as const;
}

function curiosityBeatsChance(results: Judged) {
  const random = results.mixtures.filter(({ kind }) => kind === 'random');
  const claim =
    'Curiosity routing answers better than random routing at equal mean bits: the gain is in the choice, not in the bits.';
  const judgements = random.map((mixture) =>
    judged(results, [...curious(results)], mixture, answers, 'more'),
  );
  const examined = judgements.filter(({ verdict }) => verdict !== 'not examined');
  if (examined.length === 0) return { claim, ...notExamined('There is no test against random routing.') };
  const verdicts = new Set(examined.map(({ verdict }) => verdict));
  return {
    claim,
    verdict: verdicts.size === 1 ? examined[0]!.verdict : ('holds in part' as const),
    finding: [...examined.map(({ finding }) => finding), ...random.flatMap(dealsText)].join(' '),
  };
}

function curiosityBeatsThreshold(results: Judged) {
  const claim =
    'Curiosity routing answers better than a threshold on the least precise expert’s top probability that takes as much energy on sounds as recorded.';
  const threshold = results.mixtures.find(({ kind }) => kind === 'threshold');
  if (!threshold)
    return {
      claim,
      ...notExamined(
        'There is no such threshold where no board told energies, and none where several experts answer together.',
      ),
    };
  return { claim, ...judged(results, curious(results), threshold, answers, 'more') };
}

const dealsText = ({ deals }: Pick<MixtureResult, 'deals'>): string[] =>
  deals
    ? [
        `Weighted F1 of ${count(deals.deals, 'deal')} of random routing: ${estimate(deals.weightedF1)}, in brackets the bounds of 95 % of them.`,
      ]
    : [];

function routingBeatsOneExpert(results: Judged) {
  const claim = 'A router answers better than the bank’s best expert alone.';
  const alone = results.mixtures.filter(({ kind }) => kind === 'always');
  const [best] = alone.toSorted(byWeightedF1);
  const routers = results.mixtures.filter(({ kind }) => kind === 'plain' || kind === 'curiosity');
  if (!best || routers.length === 0) {
    return { claim, ...notExamined('No expert was examined alone beside a router.') };
  }
  const f1 = [...routers, best].map(
    ({ name, scores }) => `${score(scores.weightedF1.pooled.value)} with ${name}`,
  );
  const { verdict, finding } = judged(results, routers, best, answers, 'more');
  return { claim, verdict, finding: `Weighted F1: ${list(f1)}. ${finding}` };
}

const byWeightedF1 = (a: Bare<MixtureResult>, b: Bare<MixtureResult>) =>
  b.scores.weightedF1.pooled.value - a.scores.weightedF1.pooled.value;

function curiosityFindsErrors(results: Judged) {
  const claim = 'Curiosity tells wrong answers from right ones better than the plain top probability does.';
  const found = curious(results).flatMap(({ name, scores }) => {
    const auroc = (kind: UncertaintyKind) =>
      scores.uncertainty.find((uncertainty) => uncertainty.kind === kind)?.auroc ?? null;
    const [curiosity, softmax] = [auroc('curiosity'), auroc('max-softmax')];
    return curiosity === null || softmax === null ? [] : [{ name, curiosity, softmax }];
  });
  if (found.length === 0)
    return { claim, ...notExamined('No router has curiosity and both right and wrong answers.') };
  const texts = found.map(
    ({ name, curiosity, softmax }) => `${digits(curiosity)} against ${digits(softmax)} with ${name}`,
  );
  const wanted: Wanted = { measures: ['auroc'] };
  const judgements = found.map(({ name }) => {
    const [mine, theirs] = (['curiosity', 'max-softmax'] as const).map((kind) => ({
      name: uncertaintyName(kind, name),
    }));
    return judged(results, [mine!], theirs, wanted, 'more');
  });
  const tested = judgements.filter(({ verdict }) => verdict !== 'not examined');
  const verdicts = new Set(tested.map(({ verdict }) => verdict));
  const told = `AUROC of curiosity against 1 − max-softmax: ${list(texts)}`;
  if (tested.length === 0) return { claim, ...notExamined(`${told}; not tested.`) };
  return {
    claim,
    verdict: verdicts.size === 1 ? tested[0]!.verdict : verdicts.has('holds') ? ('holds in part' as const) : ('not shown' as const),
    finding: [`${told}.`, ...tested.map(({ finding }) => finding)].join(' '),
  }; // prettier-ignore
}

import { count } from '../../main/contract/figures.ts';
import { quantile } from '../evaluation/moments.ts';
import { significance } from './claims/rules.ts';
import { score, share } from './format.ts';
import { outcomeOf } from './reading.ts';
import type { Results, TestResult } from './results.ts';

/** What a report begins with: what its data set can show, and what it cannot. */
export function reachOf(results: Results): string[] {
  const { clips, sources, classes, folds } = results.dataSet;
  return [
    `${count(clips, 'clip')} of ${count(sources, 'recording')} and ${count(classes.length, 'class', 'classes')}${results.tested ? '' : `, in ${count(folds.length, 'fold')}`}: one clip is ${share(1 / clips)}.`,
    ...differences(results),
    ...probe(results),
    `Every clip is of one of these classes: nothing here tells how often other sounds, or none, would be taken for one of them.`,
  ];
}

const ofAnswers = ({ tests }: Results): TestResult[] =>
  tests.filter(
    ({ test, measure, sounds }) =>
      test === 'clustered-bootstrap' && measure === 'accuracy' && sounds === undefined,
  );

function differences(results: Results): string[] {
  const least = ofAnswers(results).flatMap(({ detectable }) => detectable ?? []);
  if (least.length === 0) return ['Which differences between two models it would show is not known.'];
  return [
    `Two models have to differ by about ${score(quantile(least, 0.5))} in accuracy for these clips to show it four times out of five (the median of ${count(least.length, 'comparison')}); what differs by less is neither shown nor ruled out but by a test of equality.`,
  ];
}

/** What experts' precision can be worth where a linear model answers as well. */
function probe(results: Results): string[] {
  const linear = results.experts.find(({ name }) => name === 'Linear probe');
  const tests = ofAnswers(results).filter(({ a, b }) => [a, b].includes('Linear probe'));
  if (!linear || tests.length === 0) return [];
  const level = significance(results);
  const better = tests.filter((test) => {
    const outcome = outcomeOf(test, level);
    return outcome === (test.b === 'Linear probe' ? 'a more' : 'b more');
  }).length;
  const accuracy = share(linear.scores.accuracy.pooled.value);
  return [
    better === 0
      ? `No expert is shown to answer better than a linear model of the embedding (${accuracy}): what precision is worth these sounds cannot tell.`
      : `${better} of ${count(tests.length, 'expert')} are shown to answer better than a linear model of the embedding (${accuracy}).`,
  ];
}

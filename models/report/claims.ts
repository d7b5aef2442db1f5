/**
 * Where the paper's claims hold for these results and where they do not, decided from the figures by rules. A claim
 * about a difference needs a test that shows it after Holm's correction. A claim about a ratio holds from 90 % of
 * the paper's figure on, and holds in part from a tenth of the effect on. Claims about answers are judged once more on
 * harder sounds, where there are any.
 */
import type { Claim } from './claims/claim.ts';
import { controls } from './claims/controls.ts';
import { published } from './claims/published.ts';
import type { AskedRule, Judged } from './claims/rules.ts';
import type { MixtureResult, Results } from './results.ts';

export function claimsOf(results: Results): Claim[] {
  const plain = answering(results, undefined);
  const hard = hardSide(results);
  const judge =
    (origin: Claim['origin']) =>
    ({ rule, ofSounds }: AskedRule): Claim => {
      const onHard = hard && ofSounds ? rule(hard) : null;
      return {
        origin,
        ...rule(plain),
        hard: onHard && { verdict: onHard.verdict, finding: onHard.finding },
      };
    };
  return [...published.map(judge('paper')), ...controls.map(judge('control'))];
}

const answering = (results: Results, sounds: 'hard' | undefined): Results => ({
  ...results,
  tests: results.tests.filter((test) => test.sounds === sounds),
  notRun: (results.notRun ?? []).filter((test) => test.sounds === sounds),
});

/** The same models by what they answer to harder sounds; those that did not are left out. */
function hardSide(results: Results): Judged | null {
  const { robustness } = results;
  if (!robustness) return null;
  const side = <M extends { readonly name: string }>(models: readonly M[]) =>
    models.flatMap((model) => {
      const found = robustness.models.find(({ name }) => name === model.name);
      return found ? [{ ...model, scores: found.scores, hard: found }] : [];
    });
  return {
    ...answering(results, 'hard'),
    experts: side(results.experts),
    mixtures: side<MixtureResult>(results.mixtures).map(({ hard, deals: _, ...mixture }) => ({
      ...mixture,
      meanBits: hard.meanBits ?? mixture.meanBits,
    })),
  };
}

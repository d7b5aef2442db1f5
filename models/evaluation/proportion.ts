import betainc from '@stdlib/math-base-special-betainc';

/** A share with what its sample leaves open, each 0 … 1. */
export interface Proportion {
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/** Halvings after which the bounds of a binary64 in 0 … 1 no longer move. */
const HALVINGS = 60;

/** The x at which the regularized incomplete beta function I_x(a, b) takes this value; it rises in x. */
function betaQuantile(probability: number, a: number, b: number): number {
  let low = 0;
  let high = 1;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (betainc(middle, a, b) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Share of successes with its exact interval (Clopper & Pearson 1934, Biometrika 26:404): it holds the true share at
 * least as often as said, at any size of the sample.
 * @param successes, trials whole numbers, 0 ≤ successes ≤ trials, trials at least 1
 * @param confidence between 0 and 1
 * @throws RangeError if they are not
 */
export function clopperPearson(successes: number, trials: number, confidence = 0.95): Proportion {
  const whole = Number.isInteger(successes) && Number.isInteger(trials);
  if (!whole || trials < 1 || successes < 0 || successes > trials || !(confidence > 0 && confidence < 1)) {
    throw new RangeError(`No interval of ${successes} of ${trials} at a confidence of ${confidence}`);
  }
  return clopperPearsonOf(successes, trials, confidence);
}

/** As `clopperPearson`, of numbers that need not be whole: so many independent trials as others are worth. */
export function clopperPearsonOf(successes: number, trials: number, confidence: number): Proportion {
  const tail = (1 - confidence) / 2;
  const failures = trials - successes;
  return {
    share: successes / trials,
    low: successes === 0 ? 0 : betaQuantile(tail, successes, failures + 1),
    high: failures === 0 ? 1 : betaQuantile(1 - tail, successes + 1, failures),
  };
}

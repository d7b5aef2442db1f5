import { grouped } from '../../main/contract/figures.ts';
import type { Estimate, Score } from './results.ts';

/** What stands in place of a figure that is not there. */
export const noFigure = 'no figure';

/** Three significant digits, whole numbers and those from 100 on without a fraction. */
export function digits(value: number): string {
  if (Number.isInteger(value)) return grouped(value || 0);
  const size = Math.abs(value);
  if (size >= 100) return grouped(Math.round(value));
  if (size < 1e-4) {
    const [mantissa, exponent] = value.toExponential(1).split('e');
    return `${mantissa} × 10${raised(exponent!)}`;
  }
  return value.toPrecision(3);
}

const raised = (exponent: string): string =>
  exponent.replace('-', '⁻').replace(/\d/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]!);

export const share = (value: number): string => `${(100 * value).toFixed(1)} %`;

export const score = (value: number): string => value.toFixed(3);

export const estimate = ({ value, low, high }: Estimate): string =>
  `${score(value)} [${score(low)}, ${score(high)}]`;

export const spread = ({ mean, deviation }: Pick<Score, 'mean' | 'deviation'>): string =>
  deviation === null ? score(mean) : `${score(mean)} ± ${score(deviation)}`;

/** Probability of a test; what is smaller can no longer be told apart usefully. */
export const probability = (p: number): string => (p < 1e-4 ? '< 0.0001' : p.toPrecision(3));

export const milliseconds = (microseconds: number): string => digits(microseconds / 1000);

/** 'a', 'a and b', 'a, b and c'. */
export const list = (items: readonly string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;

import { grouped, percent } from '../../../main/contract/figures.ts';
import type { ClassReview, Estimated } from '../../../main/contract/types.ts';

export const shareWords = ({ value, low, high }: Estimated): string =>
  `${value === null ? '—' : percent(value, 0)} (${percent(low, 0)}–${percent(high, 0)})`;

export const countWords = ({ value, low, high }: Estimated): string => {
  const whole = (number: number) => grouped(Math.round(number));
  return `${value === null ? '—' : whole(value)} (${whole(low)}–${whole(high)})`;
};

/** Where the fit reaches the wished precision. */
export function fitWords({ fit, decided }: ClassReview): string {
  if (decided === 0) return '';
  if (fit === null) return 'all decided are the same';
  if (fit.threshold === null) return 'truth does not rise with it';
  const { threshold, low, high } = fit.threshold;
  return `${threshold.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
}

export const boundWords = ({ heldFrom, decided }: ClassReview): string =>
  decided === 0 ? '' : heldFrom === null ? 'nowhere' : heldFrom.toFixed(2);

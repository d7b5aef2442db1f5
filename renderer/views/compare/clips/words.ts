/** How boards, models and errors of a comparison are written on the page. */
import type { ComparedBoard } from '../../../../main/contract/types.ts';

export const boardText = ({ choice, name, profile }: ComparedBoard): string => {
  // Boards of the comparison’s own are called after what they are.
  const own = name === null || name === 'study';
  const chip = profile ? `, ${profile}` : '';
  return own ? `${choice.replace(/:.*/, '')}${chip}` : `${name}${chip}`;
};

/** An error, relative or absolute: 0 is told from what rounds to it. */
export const errorText = (value: number | null): string =>
  value === null ? '–' : value === 0 ? '0' : value.toExponential(1);

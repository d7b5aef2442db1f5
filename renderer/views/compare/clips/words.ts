/** How boards, models and errors of a comparison are written on the page. */
import type { ComparedBoard } from '../../../../main/contract/types.ts';
import { errorText } from '../../../../main/jobs/compare/contract/judged.ts';

export const boardText = ({ choice, name, profile }: ComparedBoard): string => {
  // Boards of the comparison’s own are called after what they are.
  const own = name === null || name === 'study';
  const chip = profile ? `, ${profile}` : '';
  return own ? `${choice.replace(/:.*/, '')}${chip}` : `${name}${chip}`;
};

/** An error, relative or absolute, where there is one. */
export const errorOrNone = (error: number | null, limit: number | null = null): string =>
  error === null ? '–' : errorText(error, limit);

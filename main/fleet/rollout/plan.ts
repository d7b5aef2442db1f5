/** Which boards are changed in which stage. */
import { Random } from '../../../models/training/random.ts';
import { CurlewError } from '../../contract/error.ts';

export interface Plan {
  /** All boards, in the order of their stages. */
  boardIds: string[];
  /** Boards of each stage: at least one. */
  stages: { boards: number; share: number | null }[];
}

export const usualShares = [0.1, 0.5, 1];

/**
 * @param boardIds all of them @param canaries the first stage: which, or how many are drawn
 * @param shares of all boards, that are changed after each stage that follows
 * @param seed the same draws the same boards
 * @throws CurlewError REQUEST_INVALID
 */
export function planOf(
  boardIds: readonly string[],
  canaries: readonly string[] | number,
  shares: readonly number[],
  seed: number,
): Plan {
  if (shares.some((share, i) => i > 0 && share <= shares[i - 1]!))
    throw new CurlewError('REQUEST_INVALID', 'Shares of stages rise from one to the next, as 0.1, 0.5, 1.');
  const known = new Set(boardIds).size;
  const wished = typeof canaries === 'number' ? canaries : canaries.length;
  if (wished >= known && known > 1)
    throw new CurlewError(
      'REQUEST_INVALID',
      `${wished} of ${known} boards as canaries would change all at once: name fewer, and the others come in later stages.`,
    );
  // However the boards were named, the draw is the same.
  const drawn = new Random(seed).shuffle([...new Set(boardIds)].sort());
  const first = typeof canaries === 'number' ? drawn.slice(0, canaries) : [...new Set(canaries)];
  const stranger = first.find((boardId) => !drawn.includes(boardId));
  if (stranger !== undefined)
    throw new CurlewError('REQUEST_INVALID', `The canary ${stranger} is none of the roll-out’s boards.`);
  const rest = drawn.filter((boardId) => !first.includes(boardId));
  const all = first.length + rest.length;
  const stages: Plan['stages'] = [{ boards: first.length, share: null }];
  let changed = first.length;
  for (const share of [...shares.filter((one) => one < 1), 1]) {
    const upTo = Math.max(changed, Math.ceil(all * share));
    if (upTo > changed) stages.push({ boards: upTo - changed, share });
    changed = upTo;
  }
  return { boardIds: [...first, ...rest], stages };
}

/** Answers to the windows of an input, as one. */
import { mean } from '../../models/evaluation/moments.ts';
import { CurlewError } from '../contract/error.ts';

/** Number by number. @throws CurlewError BOARD_BAD_REPLY where they are not as many */
export function meanOf(all: readonly (readonly number[])[]): number[] {
  const [first = []] = all;
  for (const one of all) requireAsMany(one.length, first.length);
  return first.map((_number, at) => mean(all.map((one) => one[at]!)));
}

/** @throws CurlewError BOARD_BAD_REPLY */
export function requireAsMany(numbers: number, due: number): void {
  if (numbers === due) return;
  throw new CurlewError(
    'BOARD_BAD_REPLY',
    `The device answered with ${numbers} numbers, and before with ${due}.`,
    { numbers, due },
  );
}

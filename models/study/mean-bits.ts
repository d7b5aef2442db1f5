import { meanBits } from '../evaluation/routing.ts';
import { kindOf } from './kinds.ts';

/** Mean bits of the experts, of which each answered so many patches. */
export function meanBitsOf(chosen: readonly number[], bank: readonly string[]): number {
  const all = chosen.reduce((sum, count) => sum + count, 0);
  return meanBits(
    chosen.map((count) => count / all),
    bank.map((kind) => kindOf(kind).bits),
  );
}

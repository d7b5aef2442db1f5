/** Words for what the contract holds, the same on the page and on the command line. */

import type { Slot } from './types.ts';

/** How a model's hidden weights are stored. */
export const weightsOf = ({ bits, ternary }: { bits: number; ternary: boolean }): string =>
  ternary ? 'ternary' : bits === 32 ? 'float' : `${bits}-bit`;

/** What erasing a slot takes away, a sentence or two. */
export function erasedOf(
  {
    slot,
    state,
    name,
    kind,
    version,
    previous,
  }: Pick<Slot, 'slot' | 'state' | 'name' | 'kind' | 'version' | 'previous'>,
  boardName: string,
): string {
  const where = `Slot ${slot} of ${boardName}`;
  if (state === 'partial') return `${where} holds a part of an upload, which would begin anew.`;
  const what = `${where} holds the ${kind} ${name}, version ${version}.`;
  return previous
    ? `${what} The board falls back on it: once it is erased there is no way back to the bank before.`
    : `${what} It is not in use; to run it again it must be sent again.`;
}

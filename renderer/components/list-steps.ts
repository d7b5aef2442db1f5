/** Where the keys of a list lead. */

/** Entries that a page key goes over. */
const page = 10;

/** By the key: from one place, counted from 0, to the next; beyond the ends there is none. */
export const listSteps: Record<string, (at: number, last: number) => number> = {
  ArrowDown: (at) => at + 1,
  ArrowUp: (at) => at - 1,
  PageDown: (at, last) => Math.min(last, at + page),
  PageUp: (at) => Math.max(0, at - page),
  Home: () => 0,
  End: (_at, last) => last,
};

/** What the lab means by each word for where a figure of time or energy comes from; the page's help and the report say the same. */
import type { FigureSource } from './results.ts';

export const sourceMeanings: Readonly<Record<FigureSource, string>> = {
  measured: 'by a meter, a clock or a cycle counter on hardware',
  counted: 'instructions that an emulator executed: no wait states, no caches',
  modelled: 'from a table of instructions, a named board profile or a stated assumption',
};

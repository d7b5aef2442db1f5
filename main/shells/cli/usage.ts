/** What a command's usage line says of its words and options. */
import type { Command } from './command.ts';
import type { OptionName } from './options.ts';

export interface Usage {
  /** How many words must follow the command, and how many may. */
  least: number;
  most: number;
  /** Options that must be there. */
  needed: OptionName[];
}

export function usageOf({ usage }: Pick<Command, 'usage'>): Usage {
  const needed = [...usage.matchAll(/--(\S+) \S+/g)].map(([, name]) => name as OptionName);
  const words = usage
    .replaceAll(/--\S+ \S+/g, '')
    .split(' ')
    .filter((word) => word !== '');
  return {
    least: words.filter((word) => !word.startsWith('[')).length,
    most: words.some((word) => word.includes('...')) ? Infinity : words.length,
    needed,
  };
}

import { resources } from '../../resources.ts';
import { Outputs } from '../../outputs.ts';
import type { Args } from './command.ts';

/** Where a command writes: never over what it reads, nor over what the lab keeps. @param reads files and folders */
export const outputsOf = (
  { dataFolder, options }: Pick<Args, 'dataFolder' | 'options'>,
  reads: readonly string[] = [],
): Outputs =>
  new Outputs({ overwrite: options.overwrite ?? false, keep: [...reads, dataFolder, resources.bank] });

/** The command that takes a job up again, as a person can copy it to a shell. */
import { shellWord } from '../../contract/figures.ts';
import { defaultDataFolder } from '../../data-folder.ts';
import type { Args } from './command.ts';
import type { OptionName } from './options.ts';

/** Where the results were to go, they still are. */
const kept = ['out', 'csv', 'raven'] as const satisfies OptionName[];

export const resumeWith =
  ({ dataFolder, options }: Pick<Args, 'dataFolder' | 'options'>) =>
  (jobId: string): string => {
    const words = ['curlew', 'jobs', 'resume', jobId];
    for (const name of kept) if (options[name] !== undefined) words.push(`--${name}`, options[name]);
    if (options.overwrite) words.push('--overwrite');
    if (dataFolder !== defaultDataFolder()) words.push('--data', dataFolder);
    return words.map(shellWord).join(' ');
  };

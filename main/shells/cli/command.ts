/** A command: what help tells of it, what it takes, and what it does. */
import type { LabClient } from '../../contract/client.ts';
import type { OptionName, Options } from './options.ts';

export interface Args {
  /** One word or two, as in the list of commands. */
  command: string;
  /** What follows the command. */
  words: string[];
  json: boolean;
  dataFolder: string;
  options: Options;
}

/** What a command answers: for people, and for programs. */
export interface Answer {
  text: string;
  json: unknown;
  /** One of `exit`; done where it is left out. */
  exit?: number;
}

export interface Command {
  /**
   * What it must and may be given, as help shows it: `FOLDER --name NAME`, `[ID]`, `FILE...`. Who calls has it checked:
   * `words` and `options` hold what must be there.
   */
  readonly usage: string;
  readonly about: string;
  readonly options: readonly OptionName[];
  /** What can be refused before a lab is opened: places where it would write, values that cannot be. */
  readonly check?: (args: Args) => Promise<unknown>;
  /** On the lab that runs already, or one of its own. */
  readonly run?: (client: LabClient, args: Args) => Promise<Answer>;
  /** Instead of `run`: opens what it needs itself, and says what the process ends with. */
  readonly alone?: (args: Args) => Promise<number>;
}

/** By their names. */
export type Commands = Readonly<Record<string, Command>>;

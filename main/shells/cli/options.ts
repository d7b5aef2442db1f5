/** Every option of the command line. Which command takes it stands with the command. */
import { defaultDataFolder } from '../../data-folder.ts';

interface Option {
  /** What it takes, as help shows it; none for one that is there or not. */
  readonly value?: string;
  readonly about: string;
  /** It may be given several times. */
  readonly multiple?: true;
}

export const options = {
  json: { about: 'one JSON document on standard output, nothing else' },
  data: { value: 'FOLDER', about: `where the lab keeps its store (${defaultDataFolder({})})` },
  help: { about: 'this text' },
  board: { value: 'ID', about: 'which board; the only attached one otherwise' },
  port: { value: 'PATH', about: 'attach the board at this port first; for serve, the number to listen at' },
  baud: { value: 'N', about: 'bits a second of that port (921600)' },
  emulated: {
    value: 'NAME',
    about: 'start an emulated board first: mps2-an385, mps2-an386, mps2-an500 or mps3-an547',
  },
  expert: { value: 'ID', about: 'which expert of the bank; its first otherwise' },
  image: {
    value: 'FILE',
    multiple: true,
    about: 'an image of your own; several times for a router and its experts',
  },
  sign: { value: 'KEY', about: 'sign with this key, for a board that is to be given it' },
  'passphrase-file': {
    value: 'FILE',
    about:
      'the passphrase or password is its first line; asked for on the terminal, or read from standard input, otherwise',
  },
  protect: { about: 'from now on no image older than one that ran' },
  name: { value: 'NAME', about: 'of the new bank: a to z, 0 to 9 and hyphens' },
  layout: {
    value: 'NAME',
    about: 'esc50, urbansound8k, abgqi, folders or table; told by itself otherwise',
  },
  variant: { value: 'NAME', about: 'all, esc10 or groups, of ESC-50' },
  bank: { value: 'A,B,…', about: 'kinds of experts, in the router’s order (ternary,q2,q4,q8,q16)' },
  others: {
    value: 'A,B,…',
    about: 'kinds to compare beside them (q1, popcount, ptq-mse, float, …; empty for none)',
  },
  encoder: { value: 'ID', about: 'an encoder’s id, auto or statistics' },
  augment: {
    value: 'A,B,…',
    about: 'gain, shift, noise, pink-noise, masks, mixup, between-class (gain,shift,noise)',
  },
  hidden: { value: 'A,B', about: 'widths of the experts’ hidden layers (640,320)' },
  epochs: { value: 'N', about: 'at most (100)' },
  topk: { value: 'N', about: 'experts that answer together (1)' },
  passes: { value: 'N', about: 'of the router’s dropout; 0: a plain router (10)' },
  seed: { value: 'N', about: 'of everything drawn (1)' },
  heldout: { value: 'FOLD', about: 'leave this fold out, for the figures' },
  on: { value: 'BOARD', about: 'none, virtual, an emulated machine, or an attached board’s id' },
  grid: { value: 'N', about: 'grams of CO2 a kWh (250)' },
  recordings: { value: 'DIR', about: 'recordings to calibrate it with' },
  out: { value: 'FOLDER', about: 'where to write the report and its tables' },
  csv: { value: 'FILE', about: 'write the detections as CSV' },
  raven: { value: 'FILE', about: 'write a Raven selection table' },
  overwrite: {
    about: 'what is written may replace files that are there, but never recordings or what is read',
  },
  yes: { about: 'do it without asking' },
  host: {
    value: 'A',
    about: 'the address to listen at (127.0.0.1); where others reach it, by TLS and with a password',
  },
  open: { about: 'open the browser' },
} as const satisfies Record<string, Option>;

export type OptionName = keyof typeof options;
export const optionNames = Object.keys(options) as OptionName[];

export const optionOf = (name: OptionName): Option => options[name];

/** Those of every command. */
export const commonOptions = ['json', 'data', 'help'] as const satisfies OptionName[];

type Value<O> = O extends { multiple: true } ? string[] : O extends { value: string } ? string : true;
/** What was given. */
export type Options = { [Name in OptionName]?: Value<(typeof options)[Name]> };

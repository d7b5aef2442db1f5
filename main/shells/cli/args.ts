/** The command line's words, read: what is not understood is refused with a sentence, before anything begins. */
import { parseArgs } from 'node:util';
import { CurlewError } from '../../contract/error.ts';
import { defaultDataFolder } from '../../data-folder.ts';
import type { Args, Command, Commands } from './command.ts';
import { nearest } from '../../contract/nearest.ts';
import { commonOptions, optionNames, optionOf, type OptionName, type Options } from './options.ts';
import { usageOf } from './usage.ts';

/**
 * @returns with `--help` or `--version`, or no words at all, the command may be any, and nothing more is checked
 * @throws CurlewError REQUEST_UNKNOWN for a command that is not there, REQUEST_INVALID
 */
export function readArgs(argv: string[], commands: Commands): Args {
  const { tokens, positionals } = parseArgs({
    args: argv,
    // What it calls strict tells less than the sentences here.
    strict: false,
    tokens: true,
    options: Object.fromEntries(
      optionNames.map((name) => [name, { type: optionOf(name).value ? 'string' : 'boolean' }]),
    ),
  });
  const given = tokens.filter((token) => token.kind === 'option');
  const { command, words } = commandOf(positionals, commands);
  const options: Options = {};
  const args = (): Args => ({
    command,
    words,
    json: options.json ?? false,
    dataFolder: options.data ?? defaultDataFolder(),
    options,
  });
  if (given.some(({ name }) => name === 'version')) {
    options.version = true;
    return args();
  }
  if (given.some(({ name }) => name === 'help')) {
    options.help = true;
    return args();
  }
  for (const token of given) take(options, token, command, commands);
  if (positionals.length === 0) return args();
  const found = Object.hasOwn(commands, command) ? commands[command] : undefined;
  if (!found) throw unknownCommand(positionals, commands);
  checkWords(command, words, found, commands);
  for (const name of usageOf(found).needed) {
    if (options[name] === undefined) throw sayMore(command, found, `--${name} ${optionOf(name).value}`);
  }
  return args();
}

/** Three words name a command where they can, else two. */
function commandOf(positionals: string[], commands: Commands): { command: string; words: string[] } {
  for (const many of [3, 2]) {
    const command = positionals.slice(0, many).join(' ');
    if (Object.hasOwn(commands, command)) return { command, words: positionals.slice(many) };
  }
  return { command: positionals[0] ?? '', words: positionals.slice(1) };
}

interface OptionToken {
  name: string;
  /** As it was typed. */
  rawName: string;
  value: string | undefined;
  /** Whether the value stood behind “=”. */
  inlineValue: boolean | undefined;
}

function take(options: Options, token: OptionToken, command: string, commands: Commands): void {
  const { name, rawName, value, inlineValue } = token;
  if (!isOption(name)) {
    const own = Object.hasOwn(commands, command) ? commands[command]!.options : optionNames;
    const meant = nearest(name, [...own, ...commonOptions]);
    throw invalid(`There is no option ${rawName}.${meant ? ` Did you mean --${meant}?` : ''}`, command);
  }
  const takers = Object.keys(commands).filter((one) => commands[one]!.options.includes(name));
  const common = (commonOptions as readonly OptionName[]).includes(name);
  if (Object.hasOwn(commands, command) && !common && !takers.includes(command)) {
    throw invalid(`“curlew ${command}” takes no --${name}; it goes with ${takers.join(', ')}.`, command);
  }
  const option = optionOf(name);
  if (option.value === undefined) {
    if (value !== undefined) throw invalid(`--${name} takes no value, and was given “${value}”.`, command);
  } else if (value === undefined || (!inlineValue && value.startsWith('-'))) {
    throw invalid(`--${name} takes a value: write --${name}=${option.value}.`, command);
  } else if (option.whole) {
    wholeNumber(value, `--${name}`, ...option.whole);
  } else if (option.among) {
    for (const one of option.several ? listed(value) : [value]) checkAmong(one, option.among, name, command);
  }
  if (option.multiple) {
    (options as Record<string, string[]>)[name] = [...((options[name] as string[]) ?? []), value!];
    return;
  }
  if (options[name] !== undefined) throw invalid(`--${name} is given twice; give it once.`, command);
  Object.assign(options, { [name]: value ?? true });
}

/** What stands between commas. */
export const listed = (text: string): string[] => text.split(',').filter((one) => one !== '');

/** @throws CurlewError REQUEST_INVALID where it is none of these */
export function checkAmong(value: string, among: readonly string[], name: string, command: string): void {
  if (among.includes(value)) return;
  const meant = nearest(value, among);
  const hint = meant ? ` Did you mean ${meant}?` : '';
  throw invalid(`--${name} takes ${among.join(', ')}, not “${value}”.${hint}`, command);
}

function checkWords(command: string, words: string[], found: Command, commands: Commands): void {
  const { least, most } = usageOf(found);
  if (words.length < least) throw sayMore(command, found, found.usage);
  const spare = words[most];
  if (spare === undefined) return;
  // “curlew board confrim” is no word too many, but one that is not there.
  if (most === 0 && siblingsOf(command, commands).length > 0)
    throw unknownCommand([command, spare], commands);
  const takes = most === 0 ? 'no words after it' : `${most === 1 ? 'one word' : `${most} words`} after it`;
  throw invalid(`“curlew ${command}” takes ${takes}: “${spare}” is too many.`, command);
}

/** @param words that name none */
export function unknownCommand([first = '', second]: readonly string[], commands: Commands): CurlewError {
  const siblings = siblingsOf(first, commands);
  const command = second !== undefined && siblings.length > 0 ? `${first} ${second}` : first;
  const meant = nearest(command, Object.keys(commands));
  const hint = meant
    ? `Did you mean “curlew ${meant}”?`
    : siblings.length > 0
      ? `There are ${siblings.join(', ')}.`
      : 'See “curlew --help”.';
  return new CurlewError('REQUEST_UNKNOWN', `There is no command “curlew ${command}”. ${hint}`, { command });
}

export const siblingsOf = (command: string, commands: Commands): string[] =>
  Object.keys(commands).filter((name) => name.startsWith(`${command} `));

const sayMore = (command: string, { usage }: Command, what: string): CurlewError =>
  invalid(`Say ${what} too: “curlew ${command} ${usage}”.`, command);

const invalid = (sentence: string, command: string): CurlewError =>
  new CurlewError(
    'REQUEST_INVALID',
    `${sentence} See “curlew ${command === '' ? '' : `${command} `}--help”.`,
    command === '' ? {} : { command },
  );

const isOption = (name: string): name is OptionName => (optionNames as string[]).includes(name);

/**
 * A day, or a day and a time, where the person is, unless it names its zone.
 * @returns milliseconds since 1970
 * @throws CurlewError REQUEST_INVALID
 */
export function dateOf(text: string, option: string): number {
  const [, day, time = ''] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)?))?$/.exec(text) ?? [];
  const ms = day === undefined ? NaN : new Date(`${day}T${time || '00:00'}`).getTime();
  // 2026-02-30 is no day, and Date takes it for one of March.
  if (!Number.isNaN(ms) && new Date(`${day}T00:00Z`).toISOString().startsWith(day!)) return ms;
  throw new CurlewError(
    'REQUEST_INVALID',
    `${option} takes a date, as 2026-11-27 or 2026-11-27T14:03, not “${text}”.`,
  );
}

/** @throws CurlewError REQUEST_INVALID when it is no whole number in the range */
export function wholeNumber(text: string, option: string, min: number, max: number): number {
  const value = Number(text);
  // Number('') is 0.
  if (text.trim() !== '' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new CurlewError(
    'REQUEST_INVALID',
    `${option} takes a whole number from ${min} to ${max}, not “${text}”.`,
  );
}

/** @throws CurlewError REQUEST_INVALID when it is no number in the range */
export function numberOf(text: string, option: string, min: number, max: number): number {
  const value = Number(text);
  // Number('') is 0.
  if (text.trim() !== '' && value >= min && value <= max) return value;
  throw new CurlewError('REQUEST_INVALID', `${option} takes a number from ${min} to ${max}, not “${text}”.`);
}

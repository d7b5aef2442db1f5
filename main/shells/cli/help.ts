/** `curlew --help`, from the lists of commands and options. */
import { siblingsOf, unknownCommand } from './args.ts';
import type { Command, Commands } from './command.ts';
import { exitHelp } from './exit.ts';
import { commonOptions, optionNames, optionOf, type OptionName } from './options.ts';

/** Where it is said what a command is about, and an option. */
const aboutAt = 42;
const indent = 18;
const columns = 118;

const usageLine = (name: string, { usage }: Command): string =>
  ['curlew', name, usage].filter(Boolean).join(' ');

/**
 * Of all commands, of one, or of those whose first word was given.
 * @throws CurlewError REQUEST_UNKNOWN for words that name none
 */
export function helpOf(words: readonly string[], commands: Commands): string {
  if (words.length === 0) return helpText(commands);
  const name = words.join(' ');
  const family = siblingsOf(name, commands).map((one) => commandLine(one, commands[one]!));
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  // “curlew jobs” is a command of its own, and the beginning of others.
  if (command) return [commandHelp(name, command), ...(family.length > 0 ? [...family, ''] : [])].join('\n');
  if (family.length === 0) throw unknownCommand(words, commands);
  return `${family.join('\n')}\n`;
}

function commandLine(name: string, command: Command): string {
  const usage = `  ${usageLine(name, command)}`;
  const gap = usage.length < aboutAt - 1 ? ' '.repeat(aboutAt - usage.length) : `\n${' '.repeat(aboutAt)}`;
  return `${usage}${gap}${command.about}`;
}

export function helpText(commands: Commands): string {
  return [
    'curlew: the lab on the command line\n',
    ...Object.entries(commands).map(([name, command]) => commandLine(name, command)),
    '\n“curlew help COMMAND” shows the options of one command.\n\nOptions',
    ...optionNames.map((name) => optionLine(name, takers(commands, name))),
    `\n${exitHelp}`,
  ].join('\n');
}

function commandHelp(name: string, command: Command): string {
  const own = [...command.options, ...commonOptions];
  return [
    `${usageLine(name, command)}\n  ${command.about}\n\nOptions`,
    ...own.map((option) => optionLine(option, '')),
    `\n${exitHelp}`,
  ].join('\n');
}

/** `(train, evaluate) `; nothing for an option of every command. */
function takers(commands: Commands, name: OptionName): string {
  if ((commonOptions as readonly OptionName[]).includes(name)) return '';
  const all = Object.entries(commands);
  const families = all.map(([command, { options }]) => {
    const [first = ''] = command.split(' ');
    const family = all.filter(([one]) => one.split(' ')[0] === first);
    if (family.length > 1 && family.every(([, { options }]) => options.includes(name))) return `${first} …`;
    return options.includes(name) ? command : null;
  });
  return `(${[...new Set(families)].filter((one) => one !== null).join(', ')}) `;
}

function optionLine(name: OptionName, prefix: string): string {
  const { value, about } = optionOf(name);
  const head = `  --${name}${value ? ` ${value}` : ''}`.padEnd(indent);
  const lines = [''];
  for (const word of `${prefix}${about}`.split(' ')) {
    const line = lines.at(-1)!;
    if (line !== '' && indent + line.length + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return `${head} ${lines.join(`\n${' '.repeat(indent + 1)}`)}`;
}

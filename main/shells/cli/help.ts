/** `curlew --help`, from the lists of commands and options. */
import type { Command, Commands } from './command.ts';
import { exitHelp } from './exit.ts';
import { commonOptions, optionNames, optionOf, type OptionName } from './options.ts';

/** Where it is said what a command is about, and an option. */
const aboutAt = 42;
const indent = 18;
const columns = 118;

const usageLine = (name: string, { usage }: Command): string =>
  ['curlew', name, usage].filter(Boolean).join(' ');

export function helpText(commands: Commands): string {
  const lines = Object.entries(commands).map(([name, command]) => {
    const usage = `  ${usageLine(name, command)}`;
    const gap = usage.length < aboutAt - 1 ? ' '.repeat(aboutAt - usage.length) : `\n${' '.repeat(aboutAt)}`;
    return `${usage}${gap}${command.about}`;
  });
  return [
    'curlew: the lab on the command line\n',
    ...lines,
    '\n“curlew COMMAND --help” shows the options of one command.\n\nOptions',
    ...optionNames.map((name) => optionLine(name, takers(commands, name))),
    `\n${exitHelp}`,
  ].join('\n');
}

export function commandHelp(name: string, command: Command): string {
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

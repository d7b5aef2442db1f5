import { describe, expect, it } from 'vitest';
import { dateOf, readArgs, wholeNumber } from './args.ts';
import { commands } from './commands.ts';
import { helpOf, helpText } from './help.ts';
import { optionNames } from './options.ts';
import { usageOf } from './usage.ts';

const read = (line: string) => readArgs(line.split(' ').filter(Boolean), commands);

describe('a command line', () => {
  it('is a command of one word or two, its words and its options', () => {
    expect(read('classify a.wav b.wav --csv out.csv --json')).toMatchObject({
      command: 'classify',
      words: ['a.wav', 'b.wav'],
      json: true,
      options: { csv: 'out.csv' },
    });
    expect(read('jobs resume 7 --data folder')).toMatchObject({
      command: 'jobs resume',
      words: ['7'],
      dataFolder: 'folder',
    });
    expect(read('jobs')).toMatchObject({ command: 'jobs', words: [] });
    expect(read('deploy --image a --image b').options.image).toEqual(['a', 'b']);
    expect(read('classify -- --odd-name.wav').words).toEqual(['--odd-name.wav']);
    expect(read('evaluate folder --others=').options.others).toBe('');
  });

  it.each([
    ['bords', 'Did you mean “curlew boards”?'],
    ['calssify a.wav', 'Did you mean “curlew classify”?'],
    ['jobs rezume 7', 'Did you mean “curlew jobs resume”?'],
    ['jobs lits', 'Did you mean “curlew jobs list”?'],
    ['board confrim', 'Did you mean “curlew board confirm”?'],
    ['key', 'There are key create, key list, key export, key backup, key restore, key delete.'],
    ['fly', 'See “curlew --help”.'],
    ['constructor', 'See “curlew --help”.'],
  ])('“%s” names no command, and the sentence says what may be meant', (line, hint) => {
    expect(() => read(line)).toThrow(
      expect.objectContaining({ code: 'REQUEST_UNKNOWN', message: expect.stringContaining(hint) }),
    );
  });

  it.each([
    ['classify a.wav --cvs out.csv', 'There is no option --cvs. Did you mean --csv?'],
    ['boards -x', 'There is no option -x.'],
    [
      'boards --csv out.csv',
      '“curlew boards” takes no --csv; it goes with classify, detections export, review statistics, compare, jobs resume, jobs export, telemetry series.',
    ],
    ['backup a.duckdb b.duckdb', 'takes one word after it: “b.duckdb” is too many.'],
    ['boards all', 'takes no words after it: “all” is too many.'],
    ['backup', 'Say FILE too'],
    ['train folder', 'Say --name NAME too'],
    ['classify a.wav --csv', '--csv takes a value'],
    ['classify a.wav --csv --raven out.txt', '--csv takes a value'],
    ['boards --json=yes', '--json takes no value'],
    ['boards --port a --port b', '--port is given twice'],
    ['boards --port a --baud fast', '--baud takes a whole number from 1200 to 12000000, not “fast”'],
    ['train folder --name a --epochs 0', '--epochs takes a whole number from 1'],
    ['train folder --name a --layout folder', 'not “folder”. Did you mean folders?'],
    ['evaluate folder --others q4,q5', 'not “q5”.'],
    ['jobs list --state running,dune', 'not “dune”. Did you mean done?'],
    ['fleet uncertain pull', 'curlew fleet uncertain pull'],
    ['jobs list 7', 'takes no words after it: “7” is too many.'],
  ])('“%s” is refused, and the sentence says why', (line, sentence) => {
    expect(() => read(line)).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID', message: expect.stringContaining(sentence) }),
    );
  });

  it('with --help asks for nothing else', () => {
    expect(read('train --help')).toMatchObject({ command: 'train', options: { help: true } });
    expect(read('train --wings --help')).toMatchObject({ command: 'train', options: { help: true } });
    expect(read('train --version')).toMatchObject({ options: { version: true } });
    expect(read('')).toMatchObject({ command: '' });
  });
});

describe('help', () => {
  it('of a command shows its own options, and the commands that begin as it does', () => {
    const text = helpOf(['jobs'], commands);
    expect(text).toContain('--state');
    expect(text).not.toContain('--epochs');
    expect(text).toContain('curlew jobs delete ID...');
    expect(helpOf(['jobs', 'resume'], commands)).toMatch(/^curlew jobs resume ID\n/);
    expect(helpOf(['key'], commands)).toContain('curlew key backup FILE');
    expect(helpOf([], commands)).toBe(helpText(commands));
  });

  it.each(['fly', 'jobs delte', 'classify folder'])('of “%s”, which is no command, is refused', (line) => {
    expect(() => helpOf(line.split(' '), commands)).toThrow(
      expect.objectContaining({ code: 'REQUEST_UNKNOWN' }),
    );
  });
});

describe('the list of commands', () => {
  it('has a taker for every option, and in help a line for both', () => {
    const text = helpText(commands);
    for (const name of optionNames) expect(text).toContain(`--${name}`);
    for (const name of Object.keys(commands)) expect(text).toContain(`curlew ${name}`);
    expect(text).not.toContain('()');
  });

  it('names as needed only options that the command takes', () => {
    for (const command of Object.values(commands))
      for (const name of usageOf(command).needed) expect(command.options).toContain(name);
  });
});

describe('a whole number', () => {
  it.each(['', ' ', '1.5', '0', '11', 'ten'])('is not “%s”', (text) => {
    expect(() => wholeNumber(text, '--n', 1, 10)).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID' }),
    );
  });

  it('lies in its range', () => {
    expect(wholeNumber('10', '--n', 1, 10)).toBe(10);
  });
});

describe('a date', () => {
  it('is a day or a day and a time where the person is, or where it says', () => {
    expect(dateOf('2026-11-27', '--before')).toBe(new Date(2026, 10, 27).getTime());
    expect(dateOf('2026-11-27T14:03', '--before')).toBe(new Date(2026, 10, 27, 14, 3).getTime());
    expect(dateOf('2026-11-27 14:03:05Z', '--before')).toBe(Date.UTC(2026, 10, 27, 14, 3, 5));
  });

  it.each(['', 'yesterday', '27.11.2026', '2026-13-01', '2026-02-30', '2026-11-27T25:00', '1790000000000'])(
    'is not “%s”',
    (text) => {
      expect(() => dateOf(text, '--before')).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
    },
  );
});

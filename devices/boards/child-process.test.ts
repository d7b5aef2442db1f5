import { describe, expect, test } from 'vitest';
import { openProgram, type Program } from './child-process.ts';

const program = (command: string, ...words: string[]): Program => ({
  command,
  arguments: words,
  what: 'The program',
  terminal: /terminal (\S+)/,
  missing: 'It is not installed: install Debian’s package it.',
});

describe('a board that is a process', () => {
  test('whose program is not installed says which package is missing', async () => {
    await expect(openProgram(program('no-such-emulator'), 'qemu:x')).rejects.toMatchObject({
      code: 'EMULATOR_MISSING',
      message: expect.stringContaining('package') as string,
    });
  });

  test('whose program ends at once is refused with what it printed', async () => {
    const ending = program('sh', '-c', 'echo no memory left >&2; exit 3');
    await expect(openProgram(ending, 'host:x')).rejects.toMatchObject({
      code: 'PORT_FAILED',
      message: expect.stringContaining('no memory left') as string,
    });
  });

  test('whose terminal is not there is refused, and the program is ended', async () => {
    const naming = program('sh', '-c', 'echo terminal /dev/no-such-terminal; exec sleep 60');
    await expect(openProgram(naming, 'host:x')).rejects.toMatchObject({ code: 'PORT_NOT_FOUND' });
  });

  test('that is cancelled while it starts is ended', async () => {
    const abort = new AbortController();
    const opening = openProgram(program('sleep', '60'), 'host:x', abort.signal);
    setTimeout(() => abort.abort(), 20);
    await expect(opening).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(openProgram(program('sleep', '60'), 'host:x', abort.signal)).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });
});

import { expect, test } from 'vitest';
import type { LabClient } from '../../../contract/client.ts';
import type { Args } from '../command.ts';
import { boardCommands } from './board.ts';
import { boardControlCommands } from './board-control.ts';

const asked: string[] = [];

/** A lab of one board, which is away, with one image in its store of twelve slots. */
const client = {
  request: (name: string) => {
    asked.push(name);
    const board = { id: 'b1', name: 'reed bed', state: 'detached', portId: 'qemu:b1' };
    const answers: Record<string, unknown> = {
      'boards.list': [board],
      'boards.log': [],
      'ports.list': { ports: [{ id: 'qemu:b1', made: true }], problem: null },
      'slots.list': { slots: [{ slot: 0, active: true }], slotCount: 12 },
    };
    return name in answers ? Promise.resolve(answers[name]) : Promise.reject(new Error(`the lab: ${name}`));
  },
} as unknown as LabClient;

const args = (command: string, words: string[], options: Args['options'] = {}): Args => ({
  ...{ command, words, options, json: false, dataFolder: '' },
});

test('the only board that is away is the one whose log is meant', async () => {
  const answer = await boardControlCommands['board log']?.run?.(client, args('board log', []));
  expect(answer?.text).toMatch(/^reed bed/);
});

test('to erase an empty slot says that nothing was erased, and one that the board has not says which it has', async () => {
  const erase = (slot: string) =>
    boardControlCommands['board erase']?.run?.(client, args('board erase', [slot], { board: 'b1' }));
  expect((await erase('9'))?.text).toBe('Slot 9 of reed bed is empty: nothing was erased.');
  await expect(erase('99')).rejects.toMatchObject({
    code: 'REQUEST_INVALID',
    message: expect.stringContaining('0 to 11') as string,
  });
  expect(asked).not.toContain('slots.erase');
});

test.each(['qemu:none', 'qemu:b1'])(
  'a port that is not there, or has a board, is refused by the lab and not asked for first: %s',
  async (port) => {
    const remove = boardCommands['port remove']?.run?.(client, args('port remove', [port]));
    await expect(remove).rejects.toThrow('the lab: ports.remove');
  },
);

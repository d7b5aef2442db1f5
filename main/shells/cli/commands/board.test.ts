import { expect, test } from 'vitest';
import type { LabClient } from '../../../contract/client.ts';
import { noDetails } from '../../../fleet/contract/wanted.ts';
import type { Args } from '../command.ts';
import { boardCommands, chooseBoard } from './board.ts';
import { boardControlCommands } from './board-control.ts';

const asked: string[] = [];

const board = {
  id: 'b1',
  name: 'virtual-1',
  state: 'detached',
  portId: 'qemu:b1',
  bootId: 0,
  kind: '',
  framing: '',
};
const named = (boardId: string, name: string) => ({ ...noDetails(boardId), name });

/** A lab of one board, which is away, with one image in its store of twelve slots. */
const labOf = (boards: object[], details: object[]) =>
  ({
    request: (name: string) => {
      asked.push(name);
      const answers: Record<string, unknown> = {
        ...{ 'boards.list': boards, 'details.list': details, 'groups.list': [] },
        'boards.log': [],
        'ports.list': {
          ports: [{ id: 'qemu:b1', kind: 'qemu', label: '', made: true, device: null }],
          problem: null,
        },
        'slots.list': { slots: [{ slot: 0, active: true }], slotCount: 12 },
      };
      return name in answers ? Promise.resolve(answers[name]) : Promise.reject(new Error(`the lab: ${name}`));
    },
  }) as unknown as LabClient;
const client = labOf([board], [named('b1', 'reed bed')]);

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

test('a board is named by its serial number or what a person called it, and by nothing that two are called', async () => {
  const lab = labOf(
    [board, { ...board, id: 'b2' }, { ...board, id: 'b3' }],
    [named('b1', 'reed bed'), named('b2', 'weir'), named('b3', 'weir')],
  );
  const chosen = (name: string) => chooseBoard(lab, args('telemetry', [], { board: name }));
  expect(await chosen('reed bed')).toMatchObject({ id: 'b1', name: 'reed bed' });
  expect(await chosen('b2')).toMatchObject({ id: 'b2', name: 'weir' });
  await expect(chosen('weir')).rejects.toMatchObject({
    code: 'BOARD_NOT_FOUND',
    message: expect.stringContaining('b2, b3') as string,
  });
  await expect(chosen('virtual-1')).rejects.toMatchObject({ code: 'BOARD_NOT_FOUND' });
});

test('boards are listed under the names that a person gave them', async () => {
  const answer = await boardCommands['boards']?.run?.(client, args('boards', []));
  expect(answer?.text).toContain('reed bed');
  expect(answer?.text).not.toContain('virtual-1');
});

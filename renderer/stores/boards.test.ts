import { describe, expect, it } from 'vitest';
import type { Board } from '../../main/contract/types.ts';
import { board, LabDouble } from '../test/lab-double.ts';
import { withLab } from '../test/mount.ts';
import { useBoards } from './boards.ts';

/** A lab that answers with its list when told to. */
function slowLab() {
  let answer: (boards: Board[]) => void = () => undefined;
  const lab = new LabDouble({
    'boards.list': () => new Promise<Board[]>((resolve) => (answer = resolve)),
    'ports.list': () => ({ ports: [], problem: null }),
  });
  withLab(lab);
  return { lab, boards: useBoards(), answer: (list: Board[]) => answer(list) };
}
const nothing = { added: [], changed: [], gone: [] };

describe('the boards of the page', () => {
  it('follow what changes, field by field, in the order in which they were listed', async () => {
    const { lab, boards, answer } = slowLab();
    const loading = boards.load();
    answer([board({ entry: 2, id: 'b' })]);
    await loading;
    lab.raise('boards', { ...nothing, added: [board({ entry: 1, id: 'port:x', state: 'connecting' })] });
    lab.raise('boards', { ...nothing, changed: [{ entry: 1, id: 'a', state: 'attached' }] });
    expect(boards.list?.map(({ id, state }) => [id, state])).toEqual([
      ['a', 'attached'],
      ['b', 'attached'],
    ]);
    lab.raise('boards', { ...nothing, gone: [2] });
    expect(boards.list?.map(({ id }) => id)).toEqual(['a']);
  });

  it('are right where changes come while the list is on its way, and of a board that is gone', async () => {
    const { lab, boards, answer } = slowLab();
    lab.raise('boards', { ...nothing, changed: [{ entry: 1, state: 'silent' }] });
    const loading = boards.load();
    lab.raise('boards', { ...nothing, changed: [{ entry: 1, state: 'silent' }] });
    lab.raise('boards', { ...nothing, changed: [{ entry: 7, state: 'silent' }] });
    answer([board({ entry: 1, state: 'attached' }), board({ entry: 2, id: 'b' })]);
    lab.raise('boards', { ...nothing, added: [board({ entry: 3, id: 'c' })], gone: [2] });
    await loading;
    expect(boards.list?.map(({ id, state }) => [id, state])).toEqual([
      ['00112233aabbccdd', 'silent'],
      ['c', 'attached'],
    ]);
  });
});

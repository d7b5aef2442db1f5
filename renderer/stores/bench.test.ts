import { describe, expect, it } from 'vitest';
import { board, expert, LabDouble } from '../test/lab-double.ts';
import { withLab } from '../test/mount.ts';
import { useBench } from './bench.ts';
import { useBoards } from './boards.ts';
import { useExperts } from './experts.ts';

const running = { name: 'esc10-b4', version: 2, sha256: expert().imageSha256, bits: 4, ternary: false };

async function bench(boards = [board()], experts = [expert()]) {
  const lab = new LabDouble({
    'boards.list': () => boards,
    'ports.list': () => ({ ports: [], problem: null }),
    'experts.list': () => experts,
  });
  withLab(lab);
  await useBoards().load();
  await useExperts().load();
  return { lab, bench: useBench() };
}

describe('the bench', () => {
  it('takes the first board that answers until the person chooses another', async () => {
    const { bench: found } = await bench([board({ id: 'a', state: 'silent' }), board({ entry: 2, id: 'b' })]);
    expect(found.boardId).toBe('b');
    found.boardId = 'a';
    expect(found.board?.state).toBe('silent');
    expect(found.ready).toBe(false);
  });

  it('falls back when the chosen board is gone', async () => {
    const { lab, bench: found } = await bench([board({ id: 'a' }), board({ entry: 2, id: 'b' })]);
    found.boardId = 'b';
    lab.raise('boards', { added: [], changed: [], gone: [2] });
    expect(found.boardId).toBe('a');
  });

  it('says an expert is deployed only when the board runs that very image', async () => {
    const other = expert({ id: 'other', imageSha256: 'cd'.repeat(32) });
    const { lab, bench: found } = await bench([board()], [expert(), other]);
    expect(found.deployed).toBe(false);
    lab.raise('boards', { added: [], changed: [{ entry: 1, activeExpert: running }], gone: [] });
    expect(found.deployed).toBe(true);
    found.expertId = 'other';
    expect(found.deployed).toBe(false);
    expect(found.running?.id).toBe('esc10-b4');
    lab.raise('boards', {
      added: [],
      changed: [{ entry: 1, activeExpert: { ...running, sha256: '00'.repeat(32) } }],
      gone: [],
    });
    expect(found.running).toBeNull();
    found.expertId = 'esc10-b4';
    lab.raise('boards', { added: [], changed: [{ entry: 1, activeExpert: running }], gone: [] });
    expect(found.deployed).toBe(true);
    lab.raise('boards', {
      added: [],
      changed: [
        {
          entry: 1,
          activeExpert: running,
          activeRouter: { name: 'router', version: 2, sha256: '11'.repeat(32), experts: 2 },
        },
      ],
      gone: [],
    });
    expect([found.running, found.deployed]).toEqual([null, false]);
  });
});

// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nextTick } from 'vue';
import type { Board } from '../../main/contract/types.ts';
import { board, expert, LabDouble, router } from '../test/lab-double.ts';
import { withLab } from '../test/mount.ts';
import { useBench } from './bench.ts';
import { useBoards } from './boards.ts';
import { useExperts } from './experts.ts';

const running = { name: 'esc10-b4', version: 2, sha256: expert().imageSha256, bits: 4, ternary: false };
const other = expert({ id: 'other', name: 'Other', imageSha256: 'cd'.repeat(32) });
const otherRuns = { ...running, name: 'Other', sha256: other.imageSha256 };
const routed = { name: 'esc10 curiosity router', version: 2, sha256: router().imageSha256, experts: 1 };

async function bench(boards = [board()], experts = [expert(), other]) {
  const lab = new LabDouble({
    'boards.list': () => boards,
    'ports.list': () => ({ ports: [], problem: null }),
    'experts.list': () => experts,
    'experts.routers': () => [router()],
  });
  withLab(lab);
  await useBoards().load();
  await useExperts().load();
  const tell = (change: Partial<Board>) =>
    lab.raise('boards', { added: [], changed: [{ entry: 1, ...change }], gone: [] });
  return { lab, tell, bench: useBench() };
}

beforeEach(() => localStorage.clear());
afterEach(() => localStorage.clear());

describe('the board on the bench', () => {
  it('is the first that answers until the person chooses another', async () => {
    const { bench: found } = await bench([board({ id: 'a', state: 'silent' }), board({ entry: 2, id: 'b' })]);
    expect(found.boardId).toBe('b');
    found.boardId = 'a';
    expect(found.board?.state).toBe('silent');
    expect(found.ready).toBe(false);
  });

  it('falls back when the chosen one is gone', async () => {
    const { lab, bench: found } = await bench([board({ id: 'a' }), board({ entry: 2, id: 'b' })]);
    found.boardId = 'b';
    lab.raise('boards', { added: [], changed: [], gone: [2] });
    expect(found.boardId).toBe('a');
  });
});

describe('the expert or router on the bench', () => {
  it('is the first expert where the board runs none, and what it runs from then on, whoever deployed it', async () => {
    const { tell, bench: found } = await bench();
    expect([found.memberId, found.deployed]).toEqual(['esc10-b4', false]);
    tell({ activeExpert: otherRuns });
    expect([found.memberId, found.deployed]).toEqual(['other', true]);
    tell({ activeExpert: running, activeRouter: routed });
    expect([found.memberId, found.deployed]).toEqual(['esc10-router', true]);
    expect(found.expert?.id).toBe('esc10-b4');
  });

  it('is what the person chooses, until something is deployed', async () => {
    const { tell, bench: found } = await bench([board({ activeExpert: running })]);
    found.memberId = 'other';
    expect([found.member?.name, found.running?.id, found.deployed]).toEqual(['Other', 'esc10-b4', false]);
    tell({ activeExpert: running, activeRouter: routed });
    expect([found.memberId, found.deployed]).toEqual(['esc10-router', true]);
    // Back to what ran when another was chosen: that was undone, and is not asked for again.
    found.memberId = 'other';
    found.memberId = 'esc10-router';
    expect(found.deployed).toBe(true);
  });

  it('is not the earlier choice again when a rollback brings back what ran then', async () => {
    const { tell, bench: found } = await bench([board({ activeExpert: running })]);
    found.memberId = 'esc10-router';
    tell({ activeExpert: otherRuns });
    tell({ activeExpert: running });
    expect([found.memberId, found.deployed]).toEqual(['esc10-b4', true]);
  });

  it('keeps the choice over a reload, also while the board is not met again yet', async () => {
    const { bench: first } = await bench([board({ activeExpert: running })]);
    first.memberId = 'esc10-router';
    await nextTick();
    const { tell, bench: later } = await bench([board({ state: 'connecting' })]);
    expect(later.memberId).toBe('esc10-router');
    tell({ state: 'attached', activeExpert: running });
    expect(later.memberId).toBe('esc10-router');
  });

  it('forgets over a reload what was chosen before another page deployed', async () => {
    const { bench: first } = await bench([board({ activeExpert: running })]);
    first.memberId = 'esc10-router';
    await nextTick();
    const { bench: later } = await bench([board({ activeExpert: otherRuns })]);
    expect(later.memberId).toBe('other');
  });

  it('is chosen for each board by itself', async () => {
    const boards = [
      board({ id: 'a', activeExpert: running }),
      board({ entry: 2, id: 'b', activeExpert: running }),
    ];
    const { bench: found } = await bench(boards);
    found.memberId = 'other';
    found.boardId = 'b';
    expect(found.memberId).toBe('esc10-b4');
    found.boardId = 'a';
    expect(found.memberId).toBe('other');
  });

  it('falls back to what runs when its bank is gone, and is none where no bank holds what runs', async () => {
    const { bench: first } = await bench([board({ activeExpert: running })]);
    first.memberId = 'other';
    await nextTick();
    const { tell, bench: later } = await bench([board({ activeExpert: running })], [expert()]);
    expect(later.memberId).toBe('esc10-b4');
    tell({ activeExpert: { ...running, name: 'strange', sha256: '00'.repeat(32) } });
    expect([later.member, later.running, later.runs?.name, later.deployed]).toEqual([
      null,
      null,
      'strange',
      false,
    ]);
    expect(later.expert?.id).toBe('esc10-b4');
  });
});

import { expect, it } from 'vitest';
import { together } from './together.ts';

const ids = Array.from({ length: 40 }, (_, i) => `board-${i}`);

it('does it once with each board, a few at a time', async () => {
  const done: string[] = [];
  let now = 0;
  let most = 0;
  const failed = await together(ids, async (id) => {
    most = Math.max(most, ++now);
    await Promise.resolve();
    done.push(id);
    now--;
  });
  expect(failed).toEqual([]);
  expect([...done].sort()).toEqual([...ids].sort());
  expect(most).toBe(6);
});

it('goes on where a board fails, and tells of those that did', async () => {
  const done: string[] = [];
  const failed = await together(ids, (id) => {
    if (id.endsWith('7')) return Promise.reject(new Error(id));
    done.push(id);
    return Promise.resolve();
  });
  expect(failed.map(({ boardId }) => boardId)).toEqual(['board-7', 'board-17', 'board-27', 'board-37']);
  expect(failed[0]!.thrown).toEqual(new Error('board-7'));
  expect(done).toHaveLength(36);
});

import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { scratchFolder } from '../recordings/testing.ts';
import { requireApart } from './apart.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
beforeAll(async () => {
  scratch = await scratchFolder();
  await mkdir(join(scratch.folder, 'card', 'Pond'), { recursive: true });
  await mkdir(join(scratch.folder, 'cards'));
  await scratch.write('cards/one.wav', 'sound');
  await symlink(join(scratch.folder, 'card'), join(scratch.folder, 'link'));
});
afterAll(() => scratch.remove());

it.each(['card', 'card/', 'card/Pond', 'card/new/clips', 'link/clips', 'out/../card/clips'])(
  'clips do not go to %s, of a run that classified card',
  async (path) => {
    await expect(
      requireApart(`${scratch.folder}/${path}`, [join(scratch.folder, 'card')]),
    ).rejects.toMatchObject({ code: 'FILE_PROTECTED' });
  },
);

it.each(['cards/new', 'clips', '.'])('clips may go to %s', async (path) => {
  const classified = ['card', 'cards/one.wav'].map((one) => join(scratch.folder, one));
  await expect(requireApart(`${scratch.folder}/${path}`, classified)).resolves.toBeUndefined();
});

it('of a file that was classified the folder is open to clips', async () => {
  const classified = [join(scratch.folder, 'cards', 'one.wav')];
  await expect(requireApart(join(scratch.folder, 'cards'), classified)).resolves.toBeUndefined();
});

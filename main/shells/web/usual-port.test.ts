import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CurlewError } from '../../contract/error.ts';
import { atUsualPort } from './usual-port.ts';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'curlew-port-'))));
afterEach(() => rm(folder, { recursive: true }));

/** A server that finds these ports taken, and 41234 free. */
function server(...taken: number[]) {
  const asked: (number | undefined)[] = [];
  const serve = async (port: number | undefined) => {
    asked.push(port);
    if (port !== undefined && taken.includes(port)) throw new CurlewError('PORT_BUSY', 'taken');
    return { address: `http://127.0.0.1:${port ?? 41234}` };
  };
  return { asked, serve };
}

it('a page is served at the port of the last time, so that its browser finds what it remembered', async () => {
  const { asked, serve } = server();
  await atUsualPort(folder, undefined, serve);
  await atUsualPort(folder, undefined, serve);
  expect(asked).toEqual([undefined, 41234]);
});

it('a page is served at a free port where another program has the usual one', async () => {
  await writeFile(join(folder, 'page-port'), '50000\n');
  const { asked, serve } = server(50_000);
  expect(await atUsualPort(folder, undefined, serve)).toMatchObject({ address: 'http://127.0.0.1:41234' });
  expect(asked).toEqual([50_000, undefined]);
});

it('a page is served at the port that was asked for or not at all, and the usual one stays', async () => {
  await writeFile(join(folder, 'page-port'), '50000\n');
  const { asked, serve } = server(60_000);
  await expect(atUsualPort(folder, 60_000, serve)).rejects.toMatchObject({ code: 'PORT_BUSY' });
  await atUsualPort(folder, 0, serve);
  await atUsualPort(folder, undefined, serve);
  expect(asked).toEqual([60_000, 0, 50_000]);
});

it('a damaged note of the port is as good as none', async () => {
  await writeFile(join(folder, 'page-port'), 'nonsense');
  const { asked, serve } = server();
  await atUsualPort(folder, undefined, serve);
  expect(asked).toEqual([undefined]);
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, truncateSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readWhole } from './regular-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'curlew-files-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const read = (path: string, most = 1000) => readWhole(path, most, 'an image');
const at = (name: string) => join(folder, name);

describe('a file that is read whole', () => {
  test('gives its bytes, up to the very limit', async () => {
    writeFileSync(at('full'), Buffer.alloc(1000, 7));
    expect(await read(at('full'))).toEqual(Buffer.alloc(1000, 7));
    writeFileSync(at('empty'), '');
    expect(await read(at('empty'))).toHaveLength(0);
  });

  test('is refused by its size, before a byte of it is read', async () => {
    writeFileSync(at('sparse'), '');
    truncateSync(at('sparse'), 2 ** 40);
    await expect(read(at('sparse'))).rejects.toMatchObject({
      code: 'FILE_TOO_LARGE',
      message: expect.stringContaining('an image holds 1 kB at most') as string,
    });
    await expect(read(at('sparse'), 2 ** 40 - 1)).rejects.toMatchObject({ code: 'FILE_TOO_LARGE' });
  });

  test('is none where a folder lies, and is not found where nothing does', async () => {
    await expect(read(folder)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
    await expect(read(at('absent'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });

  test.skipIf(process.platform === 'win32')(
    'is no pipe that waits for a writer, no socket, no device',
    async () => {
      execFileSync('mkfifo', [at('pipe')]);
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(at('socket'), resolve));
      try {
        for (const path of [at('pipe'), at('socket'), '/dev/zero', '/dev/null']) {
          await expect(read(path)).rejects.toMatchObject({ code: 'FILE_UNREADABLE', context: { path } });
        }
      } finally {
        server.close();
      }
    },
  );

  test.skipIf(process.platform !== 'linux')('is refused where it holds more than it says', async () => {
    await expect(read('/proc/self/status')).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });
});

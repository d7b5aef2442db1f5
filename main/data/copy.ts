/** The files of a data folder copied, each copy read again and held against what was read. */
import { createHash } from 'node:crypto';
import { lstat, mkdir, open, readdir, readlink, symlink, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CurlewError } from '../contract/error.ts';
import { syncFolder } from '../write-durably.ts';

/** Of a lab that runs, or of a move. */
const stays = [
  'running.json',
  'lab.sock',
  'open.html',
  'move.json',
  'moved.json',
  'moved-from.json',
  'moving.lock',
];
const pieceBytes = 1 << 20;

export interface MovedFile {
  /** From the folder on. */
  path: string;
  bytes: number;
  isLink: boolean;
}

/** Files and links; sockets and pipes are nobody's data. */
export async function filesToMove(folder: string, below = ''): Promise<MovedFile[]> {
  const found: MovedFile[] = [];
  for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
    const path = join(below, entry.name);
    if (below === '' && stays.includes(entry.name)) continue;
    // The window's marks of its running process.
    if (below === 'electron' && entry.name.startsWith('Singleton')) continue;
    if (entry.isDirectory()) found.push(...(await filesToMove(folder, path)));
    else if (entry.isFile() || entry.isSymbolicLink()) {
      const { size } = await lstat(join(folder, path));
      found.push({ path, bytes: size, isLink: entry.isSymbolicLink() });
    }
  }
  return found;
}

/** @throws CurlewError FILE_DAMAGED where a copy is not what was read; what the file system throws */
export async function copyData(
  from: string,
  to: string,
  onStep: (copied: number, bytes: number) => void,
): Promise<void> {
  const files = await filesToMove(from);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  let copied = 0;
  await mkdir(to, { recursive: true, mode: 0o700 });
  const folders = new Set<string>([to]);
  for (const file of files) {
    onStep(copied, bytes);
    const source = join(from, file.path);
    const place = join(to, file.path);
    await mkdir(dirname(place), { recursive: true, mode: 0o700 });
    folders.add(dirname(place));
    if (file.isLink) await symlink(await readlink(source), place);
    else await copyFile(source, place);
    copied += file.bytes;
  }
  for (const folder of folders) await syncFolder(folder);
}

async function copyFile(source: string, place: string): Promise<void> {
  const { mode, atime, mtime } = await lstat(source);
  const read = await open(source, 'r');
  try {
    const written = await open(place, 'wx', mode & 0o777);
    try {
      const wanted = await hashOf(read, (piece) => written.writeFile(piece));
      await written.sync();
      const again = await open(place, 'r');
      try {
        const found = await hashOf(again);
        if (found !== wanted) {
          throw new CurlewError(
            'FILE_DAMAGED',
            `${place} is not what was written to it: check the disk it is on.`,
            {
              place,
            },
          );
        }
      } finally {
        await again.close();
      }
    } finally {
      await written.close();
    }
  } finally {
    await read.close();
  }
  await utimes(place, atime, mtime);
}

type Handle = Awaited<ReturnType<typeof open>>;

async function hashOf(
  file: Handle,
  take: (piece: Uint8Array) => Promise<unknown> = async () => {},
): Promise<string> {
  const hash = createHash('sha256');
  const buffer = Buffer.alloc(pieceBytes);
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length);
    if (bytesRead === 0) return hash.digest('hex');
    const piece = buffer.subarray(0, bytesRead);
    hash.update(piece);
    await take(piece);
  }
}

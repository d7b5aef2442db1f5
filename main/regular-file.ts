/** Files that are opened for a person: regular ones only, and never more of one than it may hold. */
import { constants } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { CurlewError, toCurlewError } from './contract/error.ts';

/** Maps a failed file operation: ENOENT to FILE_NOT_FOUND, refused permissions and I/O errors to FILE_UNREADABLE. */
export function fileError(path: string, thrown: unknown): CurlewError {
  if (thrown instanceof CurlewError) return thrown;
  const code = (thrown as NodeJS.ErrnoException | null)?.code;
  const options = { cause: thrown };
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new CurlewError('FILE_NOT_FOUND', `There is no file at ${path}.`, { path }, options);
    case 'EACCES':
    case 'EPERM':
      return new CurlewError(
        'FILE_UNREADABLE',
        `${path} may not be read by this user; change its permissions or start the lab as a user who may.`,
        { path, errno: code },
        options,
      );
    case 'EIO':
    case 'EMFILE':
    case 'ENFILE':
    case 'ELOOP':
    case 'ENAMETOOLONG':
    case 'EISDIR':
    case 'ENXIO':
    // A card that was pulled out, a share that went away.
    case 'ENODEV':
    case 'ENOMEDIUM':
    case 'ENOTCONN':
    case 'ESTALE':
    case 'EREMOTEIO':
    case 'ETIMEDOUT':
    case 'EHOSTDOWN':
    case 'EHOSTUNREACH':
      return new CurlewError(
        'FILE_UNREADABLE',
        `${path} could not be read (${code}); check the card or disk it is on.`,
        { path, errno: code },
        options,
      );
    default:
      return toCurlewError(thrown);
  }
}

/**
 * Opens a regular file for reading. Folders, devices, sockets and pipes are refused by looking at them, since to open
 * a device may set it going and to open a pipe waits for a writer; what is put in the file's place meanwhile is
 * opened without waiting, and refused then.
 * @throws CurlewError FILE_NOT_FOUND, FILE_UNREADABLE
 */
export async function openRegular(path: string): Promise<{ handle: FileHandle; bytes: number }> {
  try {
    requireRegular(path, await stat(path));
    const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const status = await handle.stat();
      requireRegular(path, status);
      return { handle, bytes: status.size };
    } catch (thrown) {
      await handle.close();
      throw thrown;
    }
  } catch (thrown) {
    throw fileError(path, thrown);
  }
}

function requireRegular(path: string, status: { isFile(): boolean; isDirectory(): boolean }): void {
  if (status.isFile()) return;
  const what = status.isDirectory() ? 'a folder' : 'a device, a pipe or a socket';
  throw new CurlewError('FILE_UNREADABLE', `${path} is ${what}, not a file; choose a file.`, { path });
}

/**
 * The whole of a regular file, which is looked at before a byte of it is read.
 * @param most bytes that such a file may hold
 * @param what it is to be, for the sentence: “an image”
 * @throws CurlewError FILE_NOT_FOUND, FILE_UNREADABLE, FILE_TOO_LARGE
 */
export async function readWhole(path: string, most: number, what: string): Promise<Buffer> {
  const { handle, bytes } = await openRegular(path);
  try {
    if (bytes > most) throw tooLarge(path, bytes, most, what);
    // One byte more than it says it holds: files of /proc say 0, and one may grow while it is read.
    const buffer = Buffer.allocUnsafe(bytes + 1);
    let filled = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, filled);
      filled += bytesRead;
      if (bytesRead === 0) return buffer.subarray(0, filled);
      if (filled === buffer.length) throw grown(path);
    }
  } catch (thrown) {
    throw fileError(path, thrown);
  } finally {
    await handle.close();
  }
}

const grown = (path: string) =>
  new CurlewError(
    'FILE_UNREADABLE',
    `${path} holds more than it says, or is being written; try again when it is whole.`,
    { path },
  );

function tooLarge(path: string, bytes: number, most: number, what: string): CurlewError {
  const size = (count: number) =>
    count < 1e6 ? `${(count / 1e3).toFixed(0)} kB` : `${(count / 1e6).toFixed(0)} MB`;
  return new CurlewError(
    'FILE_TOO_LARGE',
    `${path} holds ${size(bytes)}, and ${what} holds ${size(most)} at most; choose another file.`,
    { path, bytes, most },
  );
}

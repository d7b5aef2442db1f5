/** Opening and reading files, with every failure of the machine told as a CurlewError. */
import { open, stat, type FileHandle } from 'node:fs/promises';
import { CurlewError, toCurlewError } from '../contract/error.ts';

/** Recordings are read in pieces of this size; a whole file is never held. */
export const pieceBytes = 65_536;

/** @throws CurlewError ABORTED */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw new CurlewError('ABORTED', 'The operation was cancelled.', {}, { cause: signal.reason });
  }
}

/** Maps a failed file operation: ENOENT to FILE_NOT_FOUND, refused permissions and I/O errors to FILE_UNREADABLE. */
export function fileError(path: string, thrown: unknown): CurlewError {
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

export interface OpenFile {
  path: string;
  bytes: number;
  /**
   * Reads up to `length` bytes at `position`; fewer only where the file ends.
   * @throws CurlewError FILE_UNREADABLE, ABORTED
   */
  read(position: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/**
 * Opens a regular file for reading. Folders, sockets and pipes are refused before they are opened,
 * because opening a pipe waits for a writer.
 * @throws CurlewError FILE_NOT_FOUND, FILE_UNREADABLE, FILE_NOT_AUDIO, FILE_EMPTY
 */
export async function openFile(path: string, signal?: AbortSignal): Promise<OpenFile> {
  throwIfAborted(signal);
  let handle: FileHandle;
  let bytes: number;
  try {
    const status = await stat(path);
    if (!status.isFile()) {
      const what = status.isDirectory() ? 'a folder' : 'not a regular file';
      throw new CurlewError('FILE_NOT_AUDIO', `${path} is ${what}; choose an audio file.`, { path });
    }
    bytes = status.size;
    if (bytes === 0) {
      throw new CurlewError('FILE_EMPTY', `${path} is empty (0 bytes); record it again or leave it out.`, {
        path,
      });
    }
    handle = await open(path, 'r');
  } catch (thrown) {
    throw thrown instanceof CurlewError ? thrown : fileError(path, thrown);
  }
  return {
    path,
    bytes,
    async read(position, length) {
      throwIfAborted(signal);
      const buffer = new Uint8Array(length);
      let filled = 0;
      while (filled < length) {
        let bytesRead: number;
        try {
          ({ bytesRead } = await handle.read(buffer, filled, length - filled, position + filled));
        } catch (thrown) {
          throw fileError(path, thrown);
        }
        throwIfAborted(signal);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return filled === length ? buffer : buffer.subarray(0, filled);
    },
    close: () => handle.close(),
  };
}

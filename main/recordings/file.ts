/** Opening recordings and reading them in pieces, with every failure of the machine told as a CurlewError. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { CurlewError } from '../contract/error.ts';
import { fileError, openRegular } from '../regular-file.ts';

/** Recordings are read in pieces of this size; a whole file is never held. */
export const pieceBytes = 65_536;

/** @throws CurlewError ABORTED */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw new CurlewError('ABORTED', 'The operation was cancelled.', {}, { cause: signal.reason });
  }
}

export interface OpenFile {
  path: string;
  bytes: number;
  /**
   * Reads up to `length` bytes at `position`; fewer only where the file ends.
   * @param into where they go, at least so long: memory for what is gone through once need not be made anew each time
   * @throws CurlewError FILE_UNREADABLE, ABORTED
   */
  read(position: number, length: number, into?: Uint8Array): Promise<Uint8Array>;
  /** Opens it once more, as far as it reached: what was written behind that since is no part of it. @throws as openFile */
  again(signal: AbortSignal | undefined): Promise<OpenFile>;
  close(): Promise<void>;
}

/**
 * Opens a recording for reading; see openRegular.
 * @param most bytes of it that are its own, where it may have grown since it was looked at
 * @throws CurlewError FILE_NOT_FOUND, FILE_UNREADABLE, FILE_NOT_AUDIO, FILE_EMPTY
 */
export async function openFile(path: string, signal?: AbortSignal, most = Infinity): Promise<OpenFile> {
  throwIfAborted(signal);
  const status = await stat(path).catch((thrown: unknown) => Promise.reject(fileError(path, thrown)));
  if (!status.isFile()) {
    const what = status.isDirectory() ? 'a folder' : 'not a regular file';
    throw new CurlewError('FILE_NOT_AUDIO', `${path} is ${what}; choose an audio file.`, { path });
  }
  const { handle, bytes: present } = await openRegular(path);
  const bytes = Math.min(present, most);
  if (bytes === 0) {
    await handle.close();
    throw new CurlewError('FILE_EMPTY', `${path} is empty (0 bytes); record it again or leave it out.`, {
      path,
    });
  }
  return {
    path,
    bytes,
    async read(position, length, into) {
      throwIfAborted(signal);
      const buffer = into ?? new Uint8Array(length);
      const wanted = Math.min(length, Math.max(0, bytes - position));
      let filled = 0;
      while (filled < wanted) {
        let bytesRead: number;
        try {
          ({ bytesRead } = await handle.read(buffer, filled, wanted - filled, position + filled));
        } catch (thrown) {
          throw fileError(path, thrown);
        }
        throwIfAborted(signal);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return filled === buffer.length ? buffer : buffer.subarray(0, filled);
    },
    again: (nextSignal) => openFile(path, nextSignal, bytes),
    close: () => handle.close(),
  };
}

/** Read at once where a file is hashed: larger than what is decoded, since nothing waits for a piece. */
const hashedBytes = 16 * pieceBytes;

/**
 * SHA-256 of a recording as it lies there.
 * @param most bytes of it, as for openFile
 * @returns 64 hexadecimal digits
 * @throws CurlewError as `openFile` and its `read`
 */
export async function hashOfFile(path: string, signal?: AbortSignal, most?: number): Promise<string> {
  const file = await openFile(path, signal, most);
  const hash = createHash('sha256');
  const place = new Uint8Array(Math.min(hashedBytes, file.bytes));
  try {
    for (let at = 0; ;) {
      const piece = await file.read(at, place.length, place);
      if (piece.length === 0) return hash.digest('hex');
      hash.update(piece);
      at += piece.length;
    }
  } finally {
    await file.close();
  }
}

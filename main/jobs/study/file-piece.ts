import { fileError, openRegular } from '../../regular-file.ts';

/** A millisecond's work to make a text of, and another to send. */
export const pieceBytes = 500_000;

/**
 * @param from the byte to begin with
 * @returns with the byte after the last, null at the file's end
 * @throws CurlewError as openRegular
 */
export async function bytesPiece(
  path: string,
  from: number,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; next: number | null }> {
  const { handle, bytes: all } = await openRegular(path);
  try {
    const bytes = new Uint8Array(Math.max(0, Math.min(pieceBytes, all - from)));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
    const end = from + bytesRead;
    return { bytes: bytes.subarray(0, bytesRead), next: end < all ? end : null };
  } catch (thrown) {
    throw fileError(path, thrown);
  } finally {
    await handle.close();
  }
}

/**
 * Whole characters of a UTF-8 text file.
 * @param from the byte to begin with, that of a character
 * @returns with the byte after the last, null at the file's end
 * @throws CurlewError as openRegular
 */
export async function filePiece(path: string, from: number): Promise<{ text: string; next: number | null }> {
  const { handle } = await openRegular(path);
  try {
    // One byte more tells whether a character goes on there, or the file ends.
    const { buffer, bytesRead } = await handle.read(
      Buffer.allocUnsafe(pieceBytes + 1),
      0,
      pieceBytes + 1,
      from,
    );
    if (bytesRead <= pieceBytes) return { text: buffer.toString('utf8', 0, bytesRead), next: null };
    let end = pieceBytes;
    while (end > 0 && (buffer[end]! & 0xc0) === 0x80) end--;
    return { text: buffer.toString('utf8', 0, end), next: from + end };
  } catch (thrown) {
    throw fileError(path, thrown);
  } finally {
    await handle.close();
  }
}

/** A capture, or a stretch of it, as a file that other programs read. */
import { closeSync, openSync, statSync } from 'node:fs';
import { CaptureReader } from '../capture-reader.ts';
import { writeWhole } from '../pages.ts';
import { csvPieces } from './csv-write.ts';
import type { ExportWish, Share } from './file-work.ts';
import { parquetPieces } from './parquet-write.ts';
import { writePpk2 } from './ppk2-write.ts';

/** @returns rows and bytes @throws CurlewError FILE_DAMAGED, FILE_TOO_LARGE; what the file system does */
export async function exportCapture(
  wish: ExportWish,
  share: Share,
): Promise<{ rows: number; bytes: number }> {
  const reader = new CaptureReader(wish.folder);
  try {
    const to = Math.min(wish.to, reader.samples);
    const stretch = { ...wish, to };
    if (wish.format === 'ppk2') await writePpk2(reader, stretch, share);
    else {
      const pieces = wish.format === 'csv' ? csvPieces(reader, stretch) : parquetPieces(reader, stretch);
      const file = openSync(wish.file, 'w');
      try {
        for (const { bytes, at } of pieces) {
          writeWhole(file, bytes);
          share((at - wish.from) / Math.max(1, to - wish.from));
        }
      } finally {
        closeSync(file);
      }
    }
    return { rows: Math.max(0, to - wish.from), bytes: statSync(wish.file).size };
  } finally {
    reader.close();
  }
}

/** The bank of shipped experts and clips, as files on disk; nothing is handed out that does not match its hash. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseManifest, type BankFile } from '../models/bank/bank.ts';
import { CurlewError } from './contract/error.ts';
import type { Clip, ExpertFile, ExpertInfo } from './contract/types.ts';

export interface Bank {
  experts: ExpertInfo[];
  clips: Clip[];
  /** @throws CurlewError EXPERT_NOT_FOUND */
  expert(expertId: string): ExpertInfo;
  /** @throws CurlewError EXPERT_NOT_FOUND, FILE_NOT_FOUND, FILE_DAMAGED when its hash is not the manifest's */
  file(expertId: string, file: ExpertFile): Promise<Uint8Array>;
  /** The image with this hash; null where the bank has none. @throws as `file` */
  image(sha256: string): Promise<Uint8Array | null>;
  /** Path of the clip's sound. @throws CurlewError FILE_NOT_FOUND */
  clipPath(clipId: string): string;
}

/** @throws CurlewError FILE_NOT_FOUND, FILE_DAMAGED */
export async function loadBank(folder: string): Promise<Bank> {
  const manifest = parseManifest(await readText(join(folder, 'manifest.json')));

  const read = async (file: BankFile): Promise<Uint8Array> => {
    const path = join(folder, file.path);
    const bytes = await readBytes(path);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (sha256 === file.sha256) return bytes;
    throw new CurlewError(
      'FILE_DAMAGED',
      `${path} is not the file that the bank's manifest names; fetch the bank again.`,
      {
        path,
        sha256,
        wanted: file.sha256,
      },
    );
  };
  const entry = (expertId: string) => {
    const found = manifest.experts.find((one) => one.id === expertId);
    if (found) return found;
    throw new CurlewError('EXPERT_NOT_FOUND', `The bank has no expert “${expertId}”.`, { expertId });
  };

  const experts = await Promise.all(
    manifest.experts.map(async (one) => ({
      id: one.id,
      name: one.name,
      bits: one.bits,
      classes: one.classes,
      embeddingSize: one.embeddingSize,
      imageBytes: one.files.image.bytes,
      imageSha256: one.files.image.sha256,
      accuracy: one.accuracy,
      macroF1: one.macroF1,
      card: new TextDecoder().decode(await read(one.files['card.md'])),
    })),
  );
  const clips = manifest.clips.map(({ id, label, title, author, licence, sourceUrl, seconds }) => ({
    id,
    label,
    title,
    author,
    licence,
    sourceUrl,
    seconds,
  }));
  return {
    experts,
    clips,
    expert: (expertId) => experts.find((one) => one.id === entry(expertId).id) as ExpertInfo,
    file: async (expertId, file) => read(entry(expertId).files[file]),
    async image(sha256) {
      const found = manifest.experts.find((one) => one.files.image.sha256 === sha256);
      return found ? read(found.files.image) : null;
    },
    clipPath(clipId) {
      const clip = manifest.clips.find((one) => one.id === clipId);
      if (clip) return join(folder, clip.file.path);
      throw new CurlewError('FILE_NOT_FOUND', `The bank has no clip “${clipId}”.`, { clipId });
    },
  };
}

const readText = async (path: string): Promise<string> => new TextDecoder().decode(await readBytes(path));

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (thrown) {
    throw new CurlewError(
      'FILE_NOT_FOUND',
      `${path} cannot be read; fetch the bank again.`,
      { path },
      { cause: thrown },
    );
  }
}

/** Writes a bank: one folder an expert, the clips, and the manifest over both. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import type { BankClip, BankExpert, BankFile, FoldFigures, Manifest } from '../../../models/bank/bank.ts';
import { buildExpert } from '../../../models/bank/build.ts';
import type { LatentExpert } from '../../../models/experts/expert.ts';
import { storeExpert } from '../../../models/experts/store.ts';
import { hex, sha256 } from '../../../models/packing/sha256.ts';
import type { LoadedClip, Score } from './experiment.ts';

export interface ExpertFigures {
  readonly heldOutFold: number;
  readonly quantized: Score;
  readonly float: Score;
  readonly crossValidation: readonly FoldFigures[];
}

export async function writeExpert(
  bank: string,
  id: string,
  expert: LatentExpert,
  figures: ExpertFigures,
  card: string,
): Promise<BankExpert> {
  const built = buildExpert(expert);
  const { description, weights } = storeExpert(expert);
  const write = (name: string, content: Uint8Array | string) => writeBankFile(bank, `${id}/${name}`, content);
  return {
    id,
    name: expert.name,
    version: expert.version,
    bits: 4,
    classes: [...expert.labels],
    embeddingSize: description.embeddingSize,
    accuracy: figures.quantized.accuracy,
    macroF1: figures.quantized.macroF1,
    floatAccuracy: figures.float.accuracy,
    floatMacroF1: figures.float.macroF1,
    heldOutFold: figures.heldOutFold,
    crossValidation: [...figures.crossValidation],
    files: {
      image: await write('expert.image', built.image),
      'quantized.onnx': await write('quantized.onnx', built['quantized.onnx']),
      'float.onnx': await write('float.onnx', built['float.onnx']),
      'card.md': await write('card.md', card),
      'expert.json': await write('expert.json', `${JSON.stringify(description, null, 2)}\n`),
      'weights.f32': await write('weights.f32', weights),
    },
  };
}

/** The first CC0 clip of every class in the held-out fold, in the order of the data set's table. */
export async function writeClips(
  bank: string,
  clips: readonly LoadedClip[],
  classes: readonly string[],
  fold: number,
): Promise<BankClip[]> {
  const written: BankClip[] = [];
  for (const [label, name] of classes.entries()) {
    const clip = clips.find((c) => c.fold === fold && c.label === label && c.licence === 'CC0');
    if (!clip) continue;
    const id = name.replaceAll(' ', '-');
    const path = `clips/${id}${extname(clip.file)}`;
    written.push({
      id,
      label: name,
      file: await writeBankFile(bank, path, await readFile(clip.path)),
      seconds: clip.pcm.length / 16_000,
      title: clip.title,
      author: clip.author,
      licence: clip.licence,
      sourceUrl: clip.url,
      sourceId: clip.source,
      fold: clip.fold,
    });
  }
  return written;
}

export async function writeManifest(bank: string, manifest: Manifest): Promise<void> {
  await writeFile(join(bank, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

async function writeBankFile(bank: string, path: string, content: Uint8Array | string): Promise<BankFile> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  await mkdir(dirname(join(bank, path)), { recursive: true });
  await writeFile(join(bank, path), bytes);
  return describeFile(path, bytes);
}

function describeFile(path: string, bytes: Uint8Array): BankFile {
  return { path, bytes: bytes.length, sha256: hex(sha256(bytes)) };
}

/** Writes what a bank consists of: an expert's folder, a router's, and what the manifest says of them. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BankExpert, BankFile, BankRouter } from '../../../models/bank/bank.ts';
import {
  buildExpert,
  buildRouter,
  type BuiltEncoder,
  type LatentRouter,
} from '../../../models/bank/build.ts';
import { storeRouter } from '../../../models/bank/store-router.ts';
import type { LatentExpert, Precision } from '../../../models/experts/expert.ts';
import { storeExpert } from '../../../models/experts/store.ts';
import { hex, sha256 } from '../../../models/packing/sha256.ts';
import type { BankFigures } from './bank-figures.ts';

/** Into a bank's folder. @param path in it @returns what the manifest says of the file */
export type Write = (path: string, content: Uint8Array | string) => Promise<BankFile>;

export const writesTo =
  (folder: string): Write =>
  async (path, content) => {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
    return { path, bytes: bytes.length, sha256: hex(sha256(bytes)) };
  };

export const jsonText = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

interface Member {
  readonly id: string;
  readonly version: number;
  /** Id of the encoder; null for the log-mel's statistics. */
  readonly encoder: string | null;
  readonly built: BuiltEncoder | null;
  readonly heldOutFold: number | null;
  readonly figures: BankFigures;
  readonly card: string;
}

export interface ExpertMember extends Member {
  /** With its name and version. */
  readonly latent: LatentExpert;
  readonly precision: Precision | 32;
  readonly bits: number;
}

/** @throws CurlewError IMAGE_BAD where it does not fit an image */
export async function writeExpert(
  write: Write,
  { id, version, encoder, built, heldOutFold, figures, card, latent, precision, bits }: ExpertMember,
): Promise<BankExpert> {
  const image = buildExpert(latent, precision, built);
  const { description, weights } = storeExpert(latent);
  return {
    ...{ id, name: latent.name, precision, bits, classes: [...latent.labels] },
    ...{ version, encoder, heldOutFold },
    embeddingSize: description.embeddingSize,
    accuracy: figures.accuracy,
    macroF1: figures.macroF1,
    testedClips: figures.clips,
    crossValidation: [...figures.crossValidation],
    files: {
      image: await write(`${id}/expert.image`, image.image),
      'quantized.onnx': await write(`${id}/quantized.onnx`, image['quantized.onnx']),
      'float.onnx': await write(`${id}/float.onnx`, image['float.onnx']),
      'card.md': await write(`${id}/card.md`, card),
      'expert.json': await write(`${id}/expert.json`, jsonText(description)),
      'weights.f32': await write(`${id}/weights.f32`, weights),
    },
  };
}

export interface RouterMember extends Member {
  /** With its name, version, and its experts' names for labels. */
  readonly router: LatentRouter;
  /** Its experts, in its order. */
  readonly picked: readonly BankExpert[];
}

/** @throws CurlewError IMAGE_BAD where it does not fit an image */
export async function writeRouter(
  write: Write,
  { id, version, encoder, built, heldOutFold, figures, card, router, picked }: RouterMember,
): Promise<BankRouter> {
  const hashes = picked.map((one) => Buffer.from(one.files.image.sha256, 'hex'));
  const image = buildRouter(router, built, hashes);
  const { description, weights } = storeRouter(router);
  const { cascade } = router;
  return {
    ...{ id, name: router.expert.name, experts: picked.map((one) => one.id) },
    ...{ version, encoder, heldOutFold },
    ...(cascade && { cascade: { ...cascade, thresholds: [...cascade.thresholds] } }),
    precision: router.precision,
    accuracy: figures.accuracy,
    macroF1: figures.macroF1,
    testedClips: figures.clips,
    files: {
      image: await write(`${id}/router.image`, image.image),
      'quantized.onnx': await write(`${id}/quantized.onnx`, image['quantized.onnx']),
      'card.md': await write(`${id}/card.md`, card),
      'router.json': await write(`${id}/router.json`, jsonText(description)),
      'weights.f32': await write(`${id}/weights.f32`, weights),
    },
  };
}

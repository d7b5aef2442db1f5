/** Writes a bank: a folder an expert, one for the router, one for the encoder, and the manifest over all. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  parseManifest,
  type BankClip,
  type BankEncoder,
  type BankExpert,
  type BankFile,
  type BankRouter,
  type Manifest,
} from '../../../models/bank/bank.ts';
import { buildExpert, buildRouter } from '../../../models/bank/build.ts';
import { storeRouter } from '../../../models/bank/store-router.ts';
import { embeddingSizeOf } from '../../../models/encoder/encoder.ts';
import { encoderMemory } from '../../../models/encoder/limits.ts';
import { storeEncoder } from '../../../models/encoder/store.ts';
import { storeExpert } from '../../../models/experts/store.ts';
import { hex, sha256 } from '../../../models/packing/sha256.ts';
import { kindOf } from '../../../models/study/kinds.ts';
import type { FoldOutcome } from '../../../models/study/assess.ts';
import type { UsableEncoder } from '../../banks/banks.ts';
import type { TrainedOn } from './bank-test/heard.ts';
import type { NewBanks } from './new-banks.ts';
import { bankFigures } from './bank-figures.ts';
import { expertCard, routerCard, type CardInput } from './card.ts';

export interface BankInput extends CardInput {
  /** begins every id */
  readonly prefix: string;
  /** begins every name; with what follows at most 31 bytes */
  readonly title: string;
  /** The experts in this order: the one to begin with first. */
  readonly order: readonly string[];
  readonly shown: FoldOutcome;
  readonly all: readonly FoldOutcome[];
  readonly encoders: readonly UsableEncoder[];
  readonly clips: readonly BankClip[];
  /** By what the bank is told to have heard something before. */
  readonly trainedOn: TrainedOn;
  readonly nextVersion: NewBanks['nextVersion'];
}

/** @throws CurlewError IMAGE_BAD where something does not fit an image */
export async function writeBank(folder: string, input: BankInput): Promise<void> {
  const { models, params, prefix, title, shown, all } = input;
  const write = (path: string, content: Uint8Array | string) => writeBankFile(folder, path, content);
  const built = models.encoder?.built ?? null;
  const classes = models.data.training.classes;
  const nameOf = (kind: string) => `${title} ${kindOf(kind).name.toLowerCase()}`;
  const routerName = `${title} curiosity router`;
  const version = await input.nextVersion([
    ...input.order.map((kind) => ({ kind: 'expert' as const, name: nameOf(kind) })),
    { kind: 'router', name: routerName },
  ]);
  const common = { version, encoder: models.encoder?.id ?? null, heldOutFold: models.fold };

  const encoders: BankEncoder[] = [];
  for (const encoder of input.encoders) encoders.push(await writeEncoder(encoder, write));
  const experts: BankExpert[] = [];
  for (const kind of input.order) {
    const trained = models.experts.get(kind)!;
    const id = `${prefix}-${kind}`;
    const name = nameOf(kind);
    const latent = { ...trained.expert, name, version };
    const { precision, bits } = kindOf(kind);
    const image = buildExpert(latent, precision, built);
    const { description, weights } = storeExpert(latent);
    const figures = bankFigures(
      (outcome) => outcome.experts.find((one) => one.kind === kind)!,
      shown,
      all,
      classes.length,
    );
    experts.push({
      ...{ id, name, precision, bits, classes: [...classes], ...common },
      embeddingSize: description.embeddingSize,
      accuracy: figures.accuracy,
      macroF1: figures.macroF1,
      testedClips: figures.clips,
      crossValidation: [...figures.crossValidation],
      files: {
        image: await write(`${id}/expert.image`, image.image),
        'quantized.onnx': await write(`${id}/quantized.onnx`, image['quantized.onnx']),
        'float.onnx': await write(`${id}/float.onnx`, image['float.onnx']),
        'card.md': await write(`${id}/card.md`, expertCard(input, kind, name, trained, figures)),
        'expert.json': await write(`${id}/expert.json`, jsonText(description)),
        'weights.f32': await write(`${id}/weights.f32`, weights),
      },
    });
  }
  const routers: BankRouter[] = [];
  if (models.router) {
    const id = `${prefix}-router`;
    const name = routerName;
    const picked = params.bank.map((kind) => experts.find((one) => one.id === `${prefix}-${kind}`)!);
    const labels = picked.map((one) => one.name);
    const router = { ...models.router, expert: { ...models.router.expert, name, version, labels } };
    const hashes = picked.map((one) => Buffer.from(one.files.image.sha256, 'hex'));
    const image = buildRouter(router, built, hashes);
    const { description, weights } = storeRouter(router);
    const figures = bankFigures(curious, shown, all, classes.length);
    routers.push({
      ...{ id, name, experts: picked.map((one) => one.id), ...common },
      precision: router.precision,
      accuracy: figures.accuracy,
      macroF1: figures.macroF1,
      testedClips: figures.clips,
      files: {
        image: await write(`${id}/router.image`, image.image),
        'quantized.onnx': await write(`${id}/quantized.onnx`, image['quantized.onnx']),
        'card.md': await write(`${id}/card.md`, routerCard(input, name, labels, figures)),
        'router.json': await write(`${id}/router.json`, jsonText(description)),
        'weights.f32': await write(`${id}/weights.f32`, weights),
      },
    });
  }
  const { clips, trainedOn } = input;
  const manifest: Manifest = { encoders, experts, routers, clips: [...clips], trainedOn };
  await write('manifest.json', jsonText(manifest));
}

/** The first variant with curiosity: the one that the router's image is made with. */
const curious = ({ mixtures }: FoldOutcome) => mixtures.find(({ variant }) => variant.kind === 'curiosity')!;

/** A bank of encoders alone. */
export async function writeEncoders(folder: string, encoders: readonly UsableEncoder[]): Promise<void> {
  const write: Write = (path, content) => writeBankFile(folder, path, content);
  const entries: BankEncoder[] = [];
  for (const encoder of encoders) entries.push(await writeEncoder(encoder, write));
  await write('manifest.json', jsonText({ encoders: entries, experts: [], routers: [], clips: [] }));
}

/**
 * Into a bank that is there, behind its own, from which those go that have the same names.
 * @throws CurlewError FILE_DAMAGED if it is none
 */
export async function enterEncoders(folder: string, encoders: readonly UsableEncoder[]): Promise<void> {
  const write: Write = (path, content) => writeBankFile(folder, path, content);
  const text = await readFile(join(folder, 'manifest.json'), 'utf8');
  const entries = parseManifest(text).encoders.filter((one) => !encoders.some(({ id }) => id === one.id));
  for (const encoder of encoders) entries.push(await writeEncoder(encoder, write));
  await write('manifest.json', jsonText({ ...(JSON.parse(text) as Manifest), encoders: entries }));
}

type Write = (path: string, content: Uint8Array | string) => Promise<BankFile>;

async function writeEncoder(encoder: UsableEncoder, write: Write): Promise<BankEncoder> {
  const { id, name, built, heard, parameters, classifier, heldOutFold, trainingSeconds } = encoder;
  const { description, weights } = storeEncoder(built.float);
  return {
    ...{ id, name, parameters, classifier, heldOutFold },
    ...(trainingSeconds !== null && { trainingSeconds }),
    version: built.float.version,
    embeddingSize: embeddingSizeOf(built.float),
    heard: [...heard].sort(),
    memory: encoderMemory(built.quantized.layers),
    files: {
      image: await write(`${id}/encoder.image`, built.files.image),
      'quantized.onnx': await write(`${id}/quantized.onnx`, built.files['quantized.onnx']),
      'float.onnx': await write(`${id}/float.onnx`, built.files['float.onnx']),
      'encoder.json': await write(`${id}/encoder.json`, jsonText(description)),
      'weights.f32': await write(`${id}/weights.f32`, weights),
    },
  };
}

const jsonText = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** @returns what the manifest says of it */
async function writeBankFile(folder: string, path: string, content: Uint8Array | string): Promise<BankFile> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), bytes);
  return { path, bytes: bytes.length, sha256: hex(sha256(bytes)) };
}

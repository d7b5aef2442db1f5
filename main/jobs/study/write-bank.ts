/** Writes a bank: a folder an expert, one for the router, one for the encoder, and the manifest over all. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  parseManifest,
  type BankClip,
  type BankEncoder,
  type BankExpert,
  type BankRouter,
  type Manifest,
} from '../../../models/bank/bank.ts';
import { embeddingSizeOf } from '../../../models/encoder/encoder.ts';
import { encoderMemory } from '../../../models/encoder/limits.ts';
import { storeEncoder } from '../../../models/encoder/store.ts';
import { kindOf } from '../../../models/study/kinds.ts';
import type { FoldOutcome } from '../../../models/study/assess.ts';
import type { UsableEncoder } from '../../banks/banks.ts';
import type { TrainedOn } from './bank-test/heard.ts';
import type { NewBanks } from './new-banks.ts';
import { bankFigures } from './bank-figures.ts';
import { expertCard, routerCard, type CardInput } from './card.ts';
import { cascadeNames, writeCascade, type BankCascade } from './write-cascade.ts';
import { jsonText, writeExpert, writeRouter, writesTo, type Write } from './write-members.ts';

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
  /** Beside the experts and their router; left out: none. */
  readonly cascade?: BankCascade;
}

/** @throws CurlewError IMAGE_BAD where something does not fit an image */
export async function writeBank(folder: string, input: BankInput): Promise<void> {
  const { models, params, prefix, title, shown, all } = input;
  const write = writesTo(folder);
  const built = models.encoder?.built ?? null;
  const classes = models.data.training.classes;
  const nameOf = (kind: string) => `${title} ${kindOf(kind).name.toLowerCase()}`;
  const { cascade = null } = input;
  const routerName = `${title} curiosity router`;
  const version = await input.nextVersion([
    ...input.order.map((kind) => ({ kind: 'expert' as const, name: nameOf(kind) })),
    { kind: 'router', name: routerName },
    ...(cascade ? cascadeNames(title, cascade) : []),
  ]);
  const common = { version, encoder: models.encoder?.id ?? null, heldOutFold: models.fold };

  const encoders: BankEncoder[] = [];
  for (const encoder of input.encoders) encoders.push(await writeEncoder(encoder, write));
  const experts: BankExpert[] = [];
  for (const kind of input.order) {
    const trained = models.experts.get(kind)!;
    const id = `${prefix}-${kind}`;
    const name = nameOf(kind);
    const figures = bankFigures(
      (outcome) => outcome.experts.find((one) => one.kind === kind)!.answers,
      shown,
      all,
      classes.length,
    );
    const { precision, bits } = kindOf(kind);
    experts.push(
      await writeExpert(write, {
        ...{ id, precision, bits, built, figures, ...common },
        latent: { ...trained.expert, name, version },
        card: expertCard(input, kind, name, trained, figures),
      }),
    );
  }
  const routers: BankRouter[] = [];
  if (models.router) {
    const id = `${prefix}-router`;
    const name = routerName;
    const picked = params.bank.map((kind) => experts.find((one) => one.id === `${prefix}-${kind}`)!);
    const labels = picked.map((one) => one.name);
    const router = { ...models.router, expert: { ...models.router.expert, name, version, labels } };
    const figures = bankFigures((outcome) => curious(outcome).answers, shown, all, classes.length);
    const card = routerCard(input, name, labels, figures);
    routers.push(await writeRouter(write, { ...{ id, router, built, picked, figures, card, ...common } }));
  }
  if (cascade) {
    const staged = await writeCascade(write, { ...input, cascade, version });
    experts.push(...staged.experts);
    routers.push(staged.router);
  }
  const { clips, trainedOn } = input;
  const manifest: Manifest = { encoders, experts, routers, clips: [...clips], trainedOn };
  await write('manifest.json', jsonText(manifest));
}

/** The first variant with curiosity: the one that the router's image is made with. */
const curious = ({ mixtures }: FoldOutcome) => mixtures.find(({ variant }) => variant.kind === 'curiosity')!;

/** A bank of encoders alone. */
export async function writeEncoders(folder: string, encoders: readonly UsableEncoder[]): Promise<void> {
  const write = writesTo(folder);
  const entries: BankEncoder[] = [];
  for (const encoder of encoders) entries.push(await writeEncoder(encoder, write));
  await write('manifest.json', jsonText({ encoders: entries, experts: [], routers: [], clips: [] }));
}

/**
 * Into a bank that is there, behind its own, from which those go that have the same names.
 * @throws CurlewError FILE_DAMAGED if it is none
 */
export async function enterEncoders(folder: string, encoders: readonly UsableEncoder[]): Promise<void> {
  const write = writesTo(folder);
  const text = await readFile(join(folder, 'manifest.json'), 'utf8');
  const entries = parseManifest(text).encoders.filter((one) => !encoders.some(({ id }) => id === one.id));
  for (const encoder of encoders) entries.push(await writeEncoder(encoder, write));
  await write('manifest.json', jsonText({ ...(JSON.parse(text) as Manifest), encoders: entries }));
}

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

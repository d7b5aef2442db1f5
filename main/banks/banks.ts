/**
 * The banks of experts, as files on disk: the shipped one, and those that were trained in this lab. Nothing is handed
 * out that does not match its hash.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { sha256Of } from '../sha256.ts';
import {
  parseManifest,
  type BankEncoder,
  type BankExpert,
  type BankFile,
  type BankRouter,
  type Manifest,
} from '../../models/bank/bank.ts';
import { buildEncoder, type BuiltEncoder } from '../../models/bank/build.ts';
import { restoreEncoder } from '../../models/encoder/store.ts';
import { isOwnModel } from '../own-models/own-models.ts';
import { CurlewError } from '../contract/error.ts';
import { tellAll } from '../contract/fault.ts';
import { filesOf } from './manifests.ts';
import { KnownVersions, type VersionedImage } from './versions.ts';
import type { Clip, EncoderInfo, ExpertFile, ExpertInfo, RouterInfo } from '../contract/types.ts';
import type { KnownImage } from '../store/known-images.ts';
import { readWhole } from '../regular-file.ts';

/** An encoder that can be trained with, and what it must not be tested on. */
export interface UsableEncoder {
  readonly id: string;
  readonly name: string;
  readonly built: BuiltEncoder;
  /** Recordings that it was trained on, by their numbers on freesound.org. */
  readonly heard: ReadonlySet<string>;
  readonly parameters: number;
  readonly classifier: BankEncoder['classifier'];
  readonly heldOutFold: number | null;
  /** That training it took; null: nobody knows. */
  readonly trainingSeconds: number | null;
}

interface OpenBank {
  readonly id: string;
  readonly folder: string;
  readonly manifest: Manifest;
  readonly experts: readonly ExpertInfo[];
  readonly routers: readonly RouterInfo[];
}

export interface BankContents {
  /** Of all its files but the manifest. */
  readonly bytes: number;
  /** Of its experts, routers and encoders. */
  readonly ids: ReadonlySet<string>;
  /** SHA-256 of their images. */
  readonly images: ReadonlySet<string>;
}

/** Begins the names of folders that hold no whole bank yet. */
const unfinished = '.unfinished-';
const isUnfinished = (name: string): boolean => name.startsWith(unfinished);

const membersOf = ({ encoders, experts, routers }: Manifest) => [...encoders, ...experts, ...routers];

const mostManifestBytes = 16e6;

/** The id of the bank that ships. */
export const shippedBank = 'shipped';

export class Banks {
  private readonly listeners = new Set<() => void>();

  private constructor(
    private readonly shipped: OpenBank,
    private own: OpenBank[],
    /** Where the lab's own banks lie, a folder each; null: it has none. */
    private readonly ownFolder: string | null,
    /** Of all images that the lab knows. */
    readonly versions: KnownVersions,
  ) {}

  /**
   * @param folder the shipped bank's
   * @param ownFolder made if it is not there; a bank in it that is damaged is left out and told of
   * @throws CurlewError FILE_NOT_FOUND, FILE_DAMAGED for the shipped bank
   */
  static async open(
    folder: string,
    ownFolder: string | null = null,
    onProblem: (error: CurlewError) => void = () => {},
  ): Promise<Banks> {
    const versions = await knownVersions(ownFolder, onProblem);
    const shipped = await openBank(folder, shippedBank);
    const banks = new Banks(shipped, [], ownFolder, versions);
    await versions.note(imagesOf(shipped.manifest));
    if (ownFolder === null) return banks;
    await mkdir(ownFolder, { recursive: true });
    const entries = await readdir(ownFolder, { withFileTypes: true });
    for (const { name } of entries.filter((e) => e.isDirectory() && !isUnfinished(e.name))) {
      await banks.add(name).catch((thrown: CurlewError) => onProblem(thrown));
    }
    return banks;
  }

  /** Of the shipped bank and of the lab's own, as `open` takes them. */
  get folders(): [string, string | null] {
    return [this.shipped.folder, this.ownFolder];
  }

  /** Told after a bank has come or gone. */
  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  get experts(): ExpertInfo[] {
    return this.all.flatMap(({ experts }) => experts);
  }

  get routers(): RouterInfo[] {
    return this.all.flatMap(({ routers }) => routers);
  }

  get encoders(): EncoderInfo[] {
    return this.all.flatMap(({ id: bank, manifest }) =>
      manifest.encoders.map(
        ({ id, name, version, embeddingSize, parameters, heldOutFold, memory, files }) => ({
          id,
          name,
          bank,
          version,
          embeddingSize,
          parameters,
          heldOutFold,
          imageBytes: files.image.bytes,
          imageSha256: files.image.sha256,
          memory: memory ?? null,
        }),
      ),
    );
  }

  /** Experts and routers by what boards tell of them. */
  get known(): KnownImage[] {
    const of = ({ name, version, imageSha256: sha256 }: RouterInfo | ExpertInfo) => ({
      name,
      version,
      sha256,
      topK: null,
    });
    return [
      ...this.experts.map((one) => ({ ...of(one), kind: 'expert' as const, labels: one.classes })),
      ...this.routers.map((one) => ({ ...of(one), kind: 'router' as const, labels: null })),
    ];
  }

  get clips(): Clip[] {
    return this.shipped.manifest.clips.map(({ id, label, title, author, licence, sourceUrl, seconds }) => ({
      id,
      label,
      title,
      author,
      licence,
      sourceUrl,
      seconds,
    }));
  }

  /** @throws CurlewError EXPERT_NOT_FOUND */
  expert(expertId: string): ExpertInfo {
    return found(
      this.experts.find(({ id }) => id === expertId),
      expertId,
    );
  }

  /**
   * A file of an expert, or of a router (whose float reference is made of its `weights.f32`).
   * @throws CurlewError EXPERT_NOT_FOUND, FILE_NOT_FOUND, FILE_DAMAGED when its hash is not the manifest's
   */
  async file(id: string, file: ExpertFile): Promise<Uint8Array> {
    for (const bank of this.all) {
      const { experts, routers } = bank.manifest;
      const entry = [...experts, ...routers].find((one) => one.id === id);
      const files: Partial<Record<string, BankFile>> = entry?.files ?? {};
      if (files[file]) return readChecked(bank.folder, files[file]);
    }
    throw notFound(id);
  }

  /** The image of an encoder, expert or router with this hash; null where no bank has one. @throws as `file` */
  async image(sha256: string): Promise<Uint8Array | null> {
    for (const { folder, manifest } of this.all) {
      const { encoders, experts, routers } = manifest;
      const entry = [...encoders, ...experts, ...routers].find((one) => one.files.image.sha256 === sha256);
      if (entry) return readChecked(folder, entry.files.image);
    }
    return null;
  }

  /** @throws CurlewError ENCODER_MISSING, and as `file` */
  async encoder(encoderId: string): Promise<UsableEncoder> {
    const { folder, entry } = this.encoderEntry(encoderId);
    return usable(folder, entry);
  }

  /** Recordings that an encoder was trained on, by their numbers on freesound.org. @throws CurlewError ENCODER_MISSING */
  heardBy(encoderId: string): ReadonlySet<string> {
    return new Set(this.encoderEntry(encoderId).entry.heard);
  }

  /** What a bank's experts were trained on; null where there is no such bank, or it does not list it. */
  trainedOn(bankId: string): Manifest['trainedOn'] | null {
    return this.all.find(({ id }) => id === bankId)?.manifest.trainedOn ?? null;
  }

  /** Path of the clip's sound. @throws CurlewError FILE_NOT_FOUND */
  clipPath(clipId: string): string {
    const clip = this.shipped.manifest.clips.find((one) => one.id === clipId);
    if (clip) return join(this.shipped.folder, clip.file.path);
    throw new CurlewError('FILE_NOT_FOUND', `The bank has no clip “${clipId}”.`, { clipId });
  }

  /** The folder for a new bank of the lab's own. @throws CurlewError REQUEST_INVALID where the name is taken */
  newFolder(name: string): string {
    if (this.ownFolder === null) throw new CurlewError('NOT_CAPABLE', 'This lab keeps no banks of its own.');
    if (name === shippedBank || this.own.some(({ id }) => id === name)) {
      throw new CurlewError('REQUEST_INVALID', `There is a bank “${name}” already; choose another name.`);
    }
    return join(this.ownFolder, name);
  }

  /** Takes in a bank that was written to `newFolder(name)`. @throws CurlewError FILE_NOT_FOUND, FILE_DAMAGED */
  async add(name: string): Promise<void> {
    const bank = await openBank(join(this.ownFolder!, name), name);
    await this.versions.note(imagesOf(bank.manifest));
    this.own = [...this.own.filter(({ id }) => id !== name), bank];
    tellAll(this.listeners, null);
  }

  /** Of a bank of the lab's own. @throws CurlewError EXPERT_NOT_FOUND */
  contents(name: string): BankContents {
    const { manifest } = this.ownBank(name);
    const members = membersOf(manifest);
    return {
      bytes: filesOf(manifest).reduce((sum, file) => sum + file.bytes, 0),
      ids: new Set(members.map(({ id }) => id)),
      images: new Set(members.map((one) => one.files.image.sha256)),
    };
  }

  /**
   * Takes in a bank that lies in a folder of `unfinishedFolder`, under its name; the folder is gone afterwards.
   * @returns false where it is here already, the same in all it holds
   * @throws CurlewError BANK_EXISTS where another bank has the name, or what it holds
   */
  async take(folder: string, name: string): Promise<boolean> {
    const { manifest } = await openBank(folder, name);
    const there = this.all.find(({ id }) => id === name);
    if (there && isDeepStrictEqual(there.manifest, manifest)) return false;
    if (there) {
      throw new CurlewError(
        'BANK_EXISTS',
        `There is another bank “${name}” here: take this one in under another name, or delete that one first.`,
        { name },
      );
    }
    const ids = new Set(membersOf(manifest).map(({ id }) => id));
    const holder = this.all.find((bank) => membersOf(bank.manifest).some(({ id }) => ids.has(id)));
    if (holder) {
      throw new CurlewError(
        'BANK_EXISTS',
        `The bank “${holder.id}” holds the same: take this one in under another name.`,
        { name, holder: holder.id },
      );
    }
    await rename(folder, this.newFolder(name));
    await this.add(name);
    return true;
  }

  /** Where a bank is put together before it is taken in. */
  unfinishedFolder(): string {
    if (this.ownFolder === null) throw new CurlewError('NOT_CAPABLE', 'This lab keeps no banks of its own.');
    return join(this.ownFolder, `${unfinished}${randomUUID()}`);
  }

  /** Removes what a lab left that died while it took in a bank. */
  async removeUnfinished(): Promise<void> {
    if (this.ownFolder === null) return;
    for (const name of (await readdir(this.ownFolder)).filter(isUnfinished)) {
      await rm(join(this.ownFolder, name), { recursive: true, force: true });
    }
  }

  /** Deletes a bank of the lab's own, for good. @throws CurlewError EXPERT_NOT_FOUND */
  async remove(name: string): Promise<void> {
    const bank = this.ownBank(name);
    this.own = this.own.filter((one) => one !== bank);
    tellAll(this.listeners, null);
    await rm(bank.folder, { recursive: true, force: true });
  }

  /** Of a bank of the lab's own: its folder and its manifest. @throws CurlewError EXPERT_NOT_FOUND, NOT_CAPABLE */
  toExport(name: string): { folder: string; manifest: Manifest } {
    if (name === shippedBank) {
      throw new CurlewError(
        'NOT_CAPABLE',
        'The shipped bank comes with every Curlew: there is nothing to take along.',
      );
    }
    return this.ownBank(name);
  }

  private ownBank(name: string): OpenBank {
    const bank = this.own.find(({ id }) => id === name);
    if (bank) return bank;
    throw new CurlewError('EXPERT_NOT_FOUND', `This lab has no bank “${name}” of its own.`, { name });
  }

  private encoderEntry(encoderId: string): { folder: string; entry: BankEncoder } {
    for (const { folder, manifest } of this.all) {
      const entry = manifest.encoders.find(({ id }) => id === encoderId);
      if (entry) return { folder, entry };
    }
    throw new CurlewError('ENCODER_MISSING', `No bank has an encoder “${encoderId}”.`, { encoderId });
  }

  private get all(): OpenBank[] {
    return [this.shipped, ...this.own];
  }
}

async function knownVersions(
  ownFolder: string | null,
  onProblem: (error: CurlewError) => void,
): Promise<KnownVersions> {
  if (ownFolder === null) return KnownVersions.open(null);
  return KnownVersions.open(join(ownFolder, 'versions.json')).catch((thrown: CurlewError) => {
    onProblem(thrown);
    return KnownVersions.open(null);
  });
}

function imagesOf({ encoders, experts, routers }: Manifest): VersionedImage[] {
  const of = (kind: VersionedImage['kind'], all: readonly { name: string; version: number }[]) =>
    all.map(({ name, version }) => ({ kind, name, version }));
  return [...of('encoder', encoders), ...of('expert', experts), ...of('router', routers)];
}

const notFound = (id: string) =>
  new CurlewError(
    'EXPERT_NOT_FOUND',
    isOwnModel(id)
      ? `“${id}” is a model of your own, for the desktop: no board runs it, nor an expert on its embedding. Choose an expert of a bank; one can be trained on what this model labels.`
      : `No bank has an expert “${id}”.`,
    { expertId: id },
  );

function found<T>(entry: T | undefined, id: string): T {
  if (entry === undefined) throw notFound(id);
  return entry;
}

async function openBank(folder: string, id: string): Promise<OpenBank> {
  const text = new TextDecoder().decode(await readBytes(join(folder, 'manifest.json'), mostManifestBytes));
  const manifest = parseManifest(text);
  const card = async (files: { 'card.md': BankFile }) =>
    new TextDecoder().decode(await readChecked(folder, files['card.md']));
  return {
    id,
    folder,
    manifest,
    experts: await Promise.all(
      manifest.experts.map(async (one) => expertInfo(one, id, await card(one.files))),
    ),
    routers: await Promise.all(
      manifest.routers.map(async (one) => routerInfo(one, id, await card(one.files))),
    ),
  };
}

function expertInfo(one: BankExpert, bank: string, card: string): ExpertInfo {
  const { id, name, version, precision, bits, classes, embeddingSize, encoder, accuracy, macroF1, files } =
    one;
  return {
    ...{ id, name, bank, version, precision, bits, classes, embeddingSize, encoder, accuracy, macroF1, card },
    heldOutFold: one.heldOutFold,
    testedClips: one.testedClips ?? null,
    imageBytes: files.image.bytes,
    imageSha256: files.image.sha256,
  };
}

function routerInfo(one: BankRouter, bank: string, card: string): RouterInfo {
  const { id, name, version, experts, encoder, cascade = null, accuracy, macroF1, files } = one;
  return {
    ...{ id, name, bank, version, experts, encoder, cascade, accuracy, macroF1, card },
    heldOutFold: one.heldOutFold,
    testedClips: one.testedClips ?? null,
    imageBytes: files.image.bytes,
    imageSha256: files.image.sha256,
  };
}

async function usable(folder: string, entry: BankEncoder): Promise<UsableEncoder> {
  const { id, name, heard, parameters, classifier, heldOutFold, trainingSeconds = null, files } = entry;
  const description = new TextDecoder().decode(await readChecked(folder, files['encoder.json']));
  const weights = await readChecked(folder, files['weights.f32']);
  const built = buildEncoder(restoreEncoder(JSON.parse(description), weights));
  return { id, name, built, heard: new Set(heard), parameters, classifier, heldOutFold, trainingSeconds };
}

async function readChecked(
  folder: string,
  { path: relative, bytes: most, sha256: wanted }: BankFile,
): Promise<Uint8Array> {
  const path = join(folder, relative);
  const bytes = await readBytes(path, most);
  const sha256 = sha256Of(bytes);
  if (sha256 === wanted) return bytes;
  throw new CurlewError(
    'FILE_DAMAGED',
    `${path} is not the file that the bank's manifest names; fetch or train the bank again.`,
    { path, sha256, wanted },
  );
}

async function readBytes(path: string, most: number): Promise<Uint8Array> {
  try {
    return await readWhole(path, most, 'this file of a bank');
  } catch (thrown) {
    throw new CurlewError(
      thrown instanceof CurlewError && thrown.code === 'FILE_TOO_LARGE' ? 'FILE_DAMAGED' : 'FILE_NOT_FOUND',
      `${path} cannot be read; fetch or train the bank again.`,
      { path },
      { cause: thrown },
    );
  }
}

/**
 * A bank as one file, for a colleague: a tar archive of `SHA256SUMS` (of all that follows, in its order), `curlew-bank.json`,
 * `README.md` and the bank's folder. Every byte of it is checked when it comes in. Runs in a background thread.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { sha256Of } from '../sha256.ts';
import { parseManifest, type Manifest } from '../../models/bank/bank.ts';
import { readImage } from '../../models/packing/read.ts';
import { CurlewError } from '../contract/error.ts';
import { bankName } from '../contract/schemas.ts';
import { Outputs, writeFailure } from '../outputs.ts';
import { openRegular, readWhole } from '../regular-file.ts';
import { bankReadme } from './bank-readme.ts';
import { filesOf, renamed } from './manifests.ts';
import { TarReader, writeTar, type TarFile } from './tar.ts';

/** Far beyond any bank: of one file, of files, of all together. */
const mostBytes = 128e6;
const mostFiles = 2000;
const mostInAll = 1e9;
const mostSums = 1e6;

const description = v.strictObject({
  format: v.literal(1),
  bank: bankName,
  /** The version of Curlew that wrote it. */
  curlew: v.pipe(v.string(), v.maxLength(40)),
});

export interface BankToWrite {
  bank: string;
  /** Where its files lie. */
  folder: string;
  /** Of what is to be in the file. */
  manifest: Manifest;
  path: string;
  overwrite: boolean;
  /** What is never written over. */
  keep: readonly string[];
  version: string;
}

export interface UnpackedBank {
  bank: string;
  manifest: Manifest;
}

/** @throws CurlewError of `Outputs`; FILE_DAMAGED for a file of the bank that is not the manifest's */
export async function writeBankFile(order: BankToWrite): Promise<{ path: string; bytes: number }> {
  const { bank, folder, manifest, version } = order;
  const output = await new Outputs({ overwrite: order.overwrite, keep: order.keep }).file(order.path);
  const own: TarFile[] = [
    textFile('curlew-bank.json', json({ format: 1, bank, curlew: version })),
    textFile('README.md', bankReadme(bank, manifest)),
    textFile('manifest.json', json(manifest)),
  ];
  const files = filesOf(manifest);
  const sums = [...own.map((one) => ({ path: one.path, sha256: sha256Of(one.content) })), ...files];
  let bytes = 0;
  async function* contents(): AsyncGenerator<TarFile> {
    yield textFile('SHA256SUMS', sums.map((one) => `${one.sha256}  ${one.path}\n`).join(''));
    yield* own;
    for (const file of files) {
      const content = await readWhole(join(folder, file.path), file.bytes, 'this file of a bank');
      if (sha256Of(content) !== file.sha256) {
        const path = join(folder, file.path);
        throw new CurlewError('FILE_DAMAGED', `${path} is not the file that the bank's manifest names.`, {
          path,
        });
      }
      yield { path: file.path, content };
    }
  }
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const piece of writeTar(contents())) {
      bytes += piece.length;
      yield piece;
    }
  }
  await output.write(counted());
  return { path: output.path, bytes };
}

/**
 * Writes the bank into a folder, everything checked; what the folder holds after a failure is worth nothing.
 * @param as the name that the bank is to have here; its own where it is left out
 * @throws CurlewError FILE_NOT_FOUND, FILE_UNREADABLE, FILE_DAMAGED
 */
export async function unpackBankFile(path: string, into: string, as?: string): Promise<UnpackedBank> {
  const damaged = (what: string, cause?: unknown) =>
    new CurlewError(
      'FILE_DAMAGED',
      `${path} is no whole file of a bank: ${what}. Nothing was taken from it; ask for it again.`,
      { path },
      { cause },
    );
  const { handle, bytes } = await openRegular(path);
  try {
    if (bytes > mostInAll) throw damaged(`it holds ${bytes} bytes, and a bank ${mostInAll} at most`);
    const reader = new TarReader(handle, bytes, damaged);
    const sums = sumsIn(await reader.next(mostSums), damaged);
    const texts = new Map<string, string>();
    const written = new Map<string, { bytes: number; sha256: string }>();
    for (const wanted of sums) {
      const file = await reader.next(mostBytes);
      if (file?.path !== wanted.path) throw damaged(`${wanted.path} is missing from it`);
      if (sha256Of(file.content) !== wanted.sha256)
        throw damaged(`${wanted.path} is not what its hash is of`);
      if (describing.includes(file.path)) {
        texts.set(file.path, new TextDecoder().decode(file.content));
        continue;
      }
      written.set(file.path, { bytes: file.content.length, sha256: wanted.sha256 });
      const place = join(into, file.path);
      await write(place, file.content);
    }
    if ((await reader.next(mostBytes)) !== null) throw damaged('it holds more than its list of hashes names');
    const { bank } = describe(texts.get('curlew-bank.json') ?? '', damaged);
    const manifest = manifestIn(texts.get('manifest.json') ?? '', damaged);
    checkFiles(manifest, written, damaged);
    await checkImages(manifest, into, damaged);
    const named = as === undefined || as === bank ? manifest : renamed(manifest, bank, as);
    await write(join(into, 'manifest.json'), json(named));
    return { bank: as ?? bank, manifest: named };
  } finally {
    await handle.close();
  }
}

async function write(place: string, content: Uint8Array | string): Promise<void> {
  try {
    await mkdir(dirname(place), { recursive: true, mode: 0o700 });
    await writeFile(place, content, { flag: 'wx', flush: true });
  } catch (thrown) {
    throw writeFailure(place, thrown);
  }
}

type Damaged = (what: string, cause?: unknown) => CurlewError;

/** Of an archive, beside the bank's own files. */
const describing = ['curlew-bank.json', 'README.md', 'manifest.json'];
/** As manifests name files, and no way out of the folder. */
const safePath = /^[a-z0-9][a-z0-9_-]*(?:\.[a-z0-9_-]+)*(?:\/[a-z0-9][a-z0-9_-]*(?:\.[a-z0-9_-]+)*)*$/i;

function sumsIn(file: TarFile | null, damaged: Damaged): { path: string; sha256: string }[] {
  if (file?.path !== 'SHA256SUMS') throw damaged('it does not begin with a list of hashes');
  const lines = Buffer.from(file.content).toString('latin1').split('\n');
  if (lines.pop() !== '') throw damaged('its list of hashes is cut short');
  if (lines.length > mostFiles)
    throw damaged(`it holds ${lines.length} files, and a bank ${mostFiles} at most`);
  const sums = lines.map((line) => {
    const [, hash, path] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
    if (hash === undefined || path === undefined) throw damaged('its list of hashes cannot be read');
    if (!safePath.test(path)) throw damaged('it names a file that no bank has');
    return { path, sha256: hash };
  });
  // Where names differ only in their case, some file systems see one file.
  const names = new Set(sums.map(({ path }) => path.toLowerCase()));
  if (names.size < sums.length) throw damaged('it names a file twice');
  if ([...names].some((name) => names.has(dirname(name)))) throw damaged('it names a file as a folder');
  return sums;
}

function describe(text: string, damaged: Damaged): v.InferOutput<typeof description> {
  const result = v.safeParse(description, parsed(text));
  if (result.success) return result.output;
  throw damaged('it does not say what it is, or a newer Curlew wrote it');
}

function manifestIn(text: string, damaged: Damaged): Manifest {
  try {
    return parseManifest(text);
  } catch (thrown) {
    throw damaged((thrown as Error).message.replace(/\..*$/, ''), thrown);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Just those that the manifest names, each the one that it names. */
function checkFiles(
  manifest: Manifest,
  written: ReadonlyMap<string, { bytes: number; sha256: string }>,
  damaged: Damaged,
): void {
  const files = filesOf(manifest);
  for (const { path, bytes, sha256: wanted } of files) {
    const found = written.get(path);
    if (found?.bytes !== bytes || found.sha256 !== wanted)
      throw damaged(`${path} is not what its manifest names`);
  }
  const named = new Set(files.map(({ path }) => path));
  for (const path of written.keys()) {
    if (!named.has(path)) throw damaged(`its manifest does not name ${path}`);
  }
}

/** Each image is one, of the name and the version that the manifest says. */
async function checkImages(manifest: Manifest, folder: string, damaged: Damaged): Promise<void> {
  const { encoders, experts, routers } = manifest;
  const all = [
    ...encoders.map((one) => ({ ...one, kind: 'encoder' })),
    ...experts.map((one) => ({ ...one, kind: 'expert' })),
    ...routers.map((one) => ({ ...one, kind: 'router' })),
  ];
  for (const { id, kind, name, version, files } of all) {
    const bytes = await readWhole(join(folder, files.image.path), mostBytes, 'an image');
    const image = imageIn(bytes, id, damaged);
    if (image.kind !== kind || image.name !== name || image.version !== version) {
      throw damaged(`the image of ${id} is of something else`);
    }
  }
}

function imageIn(
  bytes: Uint8Array,
  id: string,
  damaged: Damaged,
): { kind: string; name: string; version: number } {
  try {
    const image = readImage(bytes);
    const { name, version } =
      image.kind === 'encoder' ? image.encoder : image.kind === 'router' ? image.router : image.expert;
    return { kind: image.kind, name, version };
  } catch (thrown) {
    throw damaged(`the image of ${id} cannot be used (${(thrown as Error).message})`, thrown);
  }
}

const textFile = (path: string, text: string): TarFile => ({ path, content: new TextEncoder().encode(text) });
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

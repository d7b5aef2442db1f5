import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseManifest } from '../../models/bank/bank.ts';
import { CurlewError } from '../contract/error.ts';
import { unpackBankFile, writeBankFile } from './bank-file.ts';
import { partOf } from './manifests.ts';
import { writeTar } from './tar.ts';
import { writeSmallBank } from './testing.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-bank-file-'));
  file = join(folder, 'own.curlew-bank');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function exported(member?: string): Promise<Buffer> {
  const manifest = await writeSmallBank(folder, 'own');
  await writeBankFile({
    ...{ bank: 'own', folder: join(folder, 'own'), path: file, overwrite: false, keep: [], version: '1.2.3' },
    manifest: member === undefined ? manifest : partOf(manifest, member),
  });
  return readFile(file);
}

/** What becomes of such a file: the code of the refusal, or `taken`. */
async function fateOf(bytes: Uint8Array): Promise<string> {
  const altered = join(folder, 'altered');
  const into = join(folder, 'into');
  await writeFile(altered, bytes);
  try {
    await unpackBankFile(altered, into);
    return 'taken';
  } catch (thrown) {
    return thrown instanceof CurlewError ? thrown.code : `threw ${String(thrown)}`;
  } finally {
    await rm(into, { recursive: true, force: true });
  }
}

/** An archive of these files with their true hashes. */
async function archive(files: [string, string | Uint8Array][]): Promise<Buffer> {
  const entries = files.map(([path, content]) => ({ path, content: Buffer.from(content) }));
  const sums = entries.map(({ path, content }) => `${hash(content)}  ${path}\n`).join('');
  const pieces: Uint8Array[] = [];
  for await (const piece of writeTar([{ path: 'SHA256SUMS', content: Buffer.from(sums) }, ...entries])) {
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
const hash = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');

describe('a bank as one file', () => {
  test('comes in as it went out, to the byte', async () => {
    await exported();
    const taken = await unpackBankFile(file, join(folder, 'again'));
    expect(taken.bank).toBe('own');
    const texts = await readdir(join(folder, 'own'), { recursive: true, withFileTypes: true });
    const paths = texts.filter((one) => one.isFile() && one.name !== 'manifest.json');
    expect(paths).toHaveLength(12);
    for (const { name, parentPath } of paths) {
      const there = join(parentPath, name);
      expect((await readFile(there.replace('/own/', '/again/'))).equals(await readFile(there))).toBe(true);
    }
    const manifest = parseManifest(await readFile(join(folder, 'again', 'manifest.json'), 'utf8'));
    expect(manifest).toEqual(taken.manifest);
  });

  test('is the same to the byte whenever it is written', async () => {
    const first = await exported();
    await rm(file);
    expect((await exported()).equals(first)).toBe(true);
  });

  test('holds one expert alone where that is asked for', async () => {
    await exported('own-q4');
    const { manifest } = await unpackBankFile(file, join(folder, 'again'));
    expect(manifest.experts.map(({ id }) => id)).toEqual(['own-q4']);
    expect(await readdir(join(folder, 'again'))).toEqual(['manifest.json', 'own-q4']);
  });

  test('can be taken in under another name, which begins its ids', async () => {
    await exported();
    const { bank, manifest } = await unpackBankFile(file, join(folder, 'again'), 'theirs');
    expect([bank, ...manifest.experts.map(({ id }) => id)]).toEqual(['theirs', 'theirs-q2', 'theirs-q4']);
  });

  test('is not written from files that are not the manifest’s, nor over a file that is there', async () => {
    const manifest = await writeSmallBank(folder, 'own');
    const order = { bank: 'own', folder: join(folder, 'own'), manifest, path: file, keep: [], version: '1' };
    await writeFile(join(folder, 'own', 'own-q2', 'card.md'), '# own 2-bat\n');
    await expect(writeBankFile({ ...order, overwrite: false })).rejects.toMatchObject({
      code: 'FILE_DAMAGED',
    });
    expect(await readdir(folder)).toEqual(['own']);
    await writeFile(file, 'a letter');
    await expect(writeBankFile({ ...order, overwrite: false })).rejects.toMatchObject({
      code: 'FILE_EXISTS',
    });
  });
});

describe('a damaged file of a bank', () => {
  test('is refused at whatever hundredth it was cut', async () => {
    const bytes = await exported();
    for (let part = 0; part < 100; part++) {
      const cut = bytes.subarray(0, Math.floor((bytes.length * part) / 100));
      expect([part, await fateOf(cut)]).toEqual([part, 'FILE_DAMAGED']);
    }
    expect(await fateOf(bytes.subarray(0, -1))).toBe('FILE_DAMAGED');
    expect(await fateOf(Buffer.concat([bytes, Buffer.alloc(512)]))).toBe('FILE_DAMAGED');
  });

  test('is refused whichever byte was changed', async () => {
    const bytes = await exported();
    // Closer in the first headers and the list of hashes; headers are changed byte by byte in tar.test.ts.
    for (let at = 0; at < bytes.length; at += at < 2560 ? 61 : 1511) {
      const altered = Buffer.from(bytes);
      altered[at]! ^= 1 << (at % 8);
      expect([at, await fateOf(altered)]).toEqual([at, 'FILE_DAMAGED']);
    }
  });

  test.each<[string, [string, string | Uint8Array][]]>([
    ['is no bank', [['a.txt', 'a']]],
    ['leads out of its folder', [['../a', 'a']]],
    ['names an absolute path', [['/etc/passwd', 'a']]],
    ['hides a folder up', [['a/../../b', 'a']]],
    ['names a place twice by a dot', [['a/./b', 'a']]],
    [
      'names one file in two cases',
      [
        ['a', 'a'],
        ['A', 'b'],
      ],
    ],
    [
      'names a file as a folder',
      [
        ['a', 'a'],
        ['a/b', 'b'],
      ],
    ],
    ['says nothing of itself', [['curlew-bank.json', '{}']]],
    ['is of a format to come', [['curlew-bank.json', '{"format":2,"bank":"own","curlew":"9"}']]],
  ])('is refused where it %s, whatever its hashes', async (_, files) => {
    expect(await fateOf(await archive(files))).toBe('FILE_DAMAGED');
    expect((await readdir(folder)).sort()).toEqual(['altered']);
  });

  test('is refused where its manifest says other than what it holds', async () => {
    const manifest = await writeSmallBank(folder, 'own');
    const files = async (change: (text: string) => string): Promise<[string, string | Uint8Array][]> => {
      const names = manifest.experts.flatMap((one) => Object.values(one.files).map(({ path }) => path));
      return [
        ['curlew-bank.json', '{"format":1,"bank":"own","curlew":"1"}'],
        ['manifest.json', change(JSON.stringify(manifest))],
        ...(await Promise.all(
          names.map(async (path): Promise<[string, Buffer]> => [
            path,
            await readFile(join(folder, 'own', path)),
          ]),
        )),
      ];
    };
    expect(await fateOf(await archive(await files((text) => text)))).toBe('taken');
    for (const change of [
      (text: string) => text.replace('"version":1', '"version":2'),
      (text: string) => text.replace('own 2-bit', 'own 3-bit'),
      (text: string) => text.replace(/"sha256":"./, '"sha256":"0'),
      (text: string) => text.replace('own-q2/expert.image', '../expert.image'),
    ]) {
      expect(await fateOf(await archive(await files(change)))).toBe('FILE_DAMAGED');
    }
    const more = await files((text) => text);
    expect(await fateOf(await archive([...more, ['run.sh', 'echo']]))).toBe('FILE_DAMAGED');
  });

  test('is refused where a header promises more than a bank may hold, before it is read', async () => {
    const header = Buffer.from((await archive([])).subarray(0, 512));
    header.write('77777777777\0', 124, 'latin1');
    header.fill(' ', 148, 156);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    expect(await fateOf(header)).toBe('FILE_DAMAGED');
  });
});

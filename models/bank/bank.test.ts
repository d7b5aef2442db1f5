import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CurlewError } from '../../main/contract/error.ts';
import { patchCount } from '../features/log-mel.ts';
import { readExpert } from '../packing/read.ts';
import { hex, sha256 } from '../packing/sha256.ts';
import { parseManifest } from './bank.ts';
import { verifyBank } from './verify.ts';

const read = (path: string) => readFile(join(import.meta.dirname, path));
const text = await readFile(join(import.meta.dirname, 'manifest.json'), 'utf8');
const manifest = parseManifest(text);

test('every file of the bank is the one in the manifest, and graphs and image follow from the weights', async () => {
  expect(await verifyBank(manifest, read)).toEqual([]);
});

test('verifying notices a changed file, and weights that are not the image’s', async () => {
  const weights = manifest.experts[0]!.files['weights.f32'].path;
  const altered = async (path: string) => {
    const bytes = await read(path);
    // the sign of the first layer's first weight
    if (path === weights) bytes[4 * 768 + 3]! ^= 0x80;
    return bytes;
  };
  const problems = await verifyBank(manifest, altered);
  expect(problems.some((problem) => problem.startsWith(weights))).toBe(true);
  expect(problems.some((problem) => problem.includes('float.onnx'))).toBe(true);
});

test('an image carries the hash of its quantized reference and the expert’s name and classes', async () => {
  for (const expert of manifest.experts) {
    const image = readExpert(await read(expert.files.image.path));
    expect(hex(image.referenceSha256)).toBe(expert.files['quantized.onnx'].sha256);
    expect(hex(sha256(await read(expert.files['quantized.onnx'].path)))).toBe(hex(image.referenceSha256));
    expect(image.expert.name).toBe(expert.name);
    expect(image.expert.labels).toEqual(expert.classes);
  }
});

test('the clips are one a class, all from the fold that was held out, all CC0, each with a whole window', () => {
  const [expert] = manifest.experts;
  expect(manifest.clips.map((clip) => clip.label)).toEqual(expert!.classes);
  for (const clip of manifest.clips) {
    expect(clip.fold).toBe(expert!.heldOutFold);
    expect(clip.licence).toBe('CC0');
    expect(patchCount(Math.floor(clip.seconds * 16_000))).toBeGreaterThan(0);
    expect(clip.author).not.toBe('');
  }
});

test.each([
  ['no JSON', '{'],
  ['another document', '{"clips": []}'],
  ['a path out of the bank', text.replace('esc10-q4/expert.image', '../expert.image')],
  ['a hash that is none', text.replace(manifest.experts[0]!.files.image.sha256, 'abc')],
])('a manifest that is %s is refused', (_, wrong) => {
  let code = 'accepted';
  try {
    parseManifest(wrong);
  } catch (error) {
    code = error instanceof CurlewError ? error.code : String(error);
  }
  expect(code).toBe('FILE_DAMAGED');
});

test('a cascade hears in its first stage what its router hears, and has a threshold less than experts', () => {
  const [router] = manifest.routers;
  const thresholds = router!.experts.slice(1).map((_, i) => i / 10);
  const withRouter = (change: object) =>
    JSON.stringify({ ...manifest, routers: [{ ...router, ...change }] });
  const codeOf = (change: object): string => {
    try {
      parseManifest(withRouter(change));
    } catch (error) {
      return error instanceof CurlewError ? error.code : String(error);
    }
    return 'accepted';
  };
  const cascade = { decision: 'entropy', thresholds };
  expect(codeOf({ cascade })).toBe('accepted');
  expect(codeOf({ cascade: { decision: 'entropy', thresholds: thresholds.slice(1) } })).toBe('FILE_DAMAGED');
  expect(codeOf({ cascade: { decision: 'whim', thresholds } })).toBe('FILE_DAMAGED');
  expect(codeOf({ cascade, encoder: 'esc10-encoder-medium-1' })).toBe('FILE_DAMAGED');
});

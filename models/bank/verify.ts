import { restoreEncoder } from '../encoder/store.ts';
import { restoreExpert, type ExpertDescription } from '../experts/store.ts';
import { fromHex, hex, sha256 } from '../packing/sha256.ts';
import type { BankFile, Manifest } from './bank.ts';
import { buildEncoder, buildExpert, buildRouter, type BuiltEncoder, type BuiltExpert } from './build.ts';
import { restoreRouter } from './store-router.ts';

type Read = (path: string) => Promise<Uint8Array>;

/**
 * Checks a bank: every file has the size and hash that the manifest says, and graphs and images follow byte for
 * byte from the committed weights.
 * @param read gives a file by its path in the bank
 * @returns one sentence a problem; none if the bank is sound
 */
export async function verifyBank(manifest: Manifest, read: Read): Promise<string[]> {
  const { encoders, experts, routers, clips } = manifest;
  const files = [
    ...[...encoders, ...experts, ...routers].flatMap((one) => Object.values<BankFile>(one.files)),
    ...clips.map((clip) => clip.file),
  ];
  const problems: string[] = [];
  for (const file of files) problems.push(...checkFile(file, await read(file.path)));

  const json = async ({ path }: BankFile): Promise<unknown> =>
    JSON.parse(new TextDecoder().decode(await read(path)));
  const built = new Map<string, BuiltEncoder>();
  for (const { id, files } of encoders) {
    const weights = await read(files['weights.f32'].path);
    const encoder = buildEncoder(restoreEncoder(await json(files['encoder.json']), weights));
    built.set(id, encoder);
    problems.push(...differing(id, encoder.files, files));
  }
  const encoderOf = (id: string | null) => (id === null ? null : built.get(id)!);
  for (const { id, precision, encoder, files } of experts) {
    const description = (await json(files['expert.json'])) as ExpertDescription;
    const latent = restoreExpert(description, await read(files['weights.f32'].path));
    problems.push(...differing(id, buildExpert(latent, precision, encoderOf(encoder)), files));
  }
  for (const { id, experts: picked, encoder, files } of routers) {
    const router = restoreRouter(await json(files['router.json']), await read(files['weights.f32'].path));
    const hashes = picked.map((one) => fromHex(experts.find((e) => e.id === one)!.files.image.sha256));
    problems.push(...differing(id, buildRouter(router, encoderOf(encoder), hashes), files));
  }
  return problems;
}

function checkFile({ path, bytes, sha256: expected }: BankFile, content: Uint8Array): string[] {
  if (content.length !== bytes) return [`${path} has ${content.length} bytes; the manifest says ${bytes}.`];
  return hex(sha256(content)) === expected ? [] : [`${path} is not the file that the manifest's hash is of.`];
}

function differing(
  id: string,
  built: BuiltEncoder['files'] | Pick<BuiltExpert, 'image' | 'quantized.onnx'>,
  files: Readonly<Record<string, BankFile>>,
): string[] {
  return Object.entries<Uint8Array>({ ...built })
    .filter(([name, bytes]) => hex(sha256(bytes)) !== files[name]!.sha256)
    .map(([name]) => `${id}: its weights give another ${name} than ${files[name]!.path}.`);
}

import { restoreExpert, type ExpertDescription } from '../experts/store.ts';
import { hex, sha256 } from '../packing/sha256.ts';
import type { BankExpert, BankFile, Manifest } from './bank.ts';
import { buildExpert } from './build.ts';

type Read = (path: string) => Promise<Uint8Array>;

/**
 * Checks a bank: every file has the size and hash that the manifest says, and graphs and image follow byte
 * for byte from the latent weights.
 * @param read gives a file by its path in the bank
 * @returns one sentence a problem; none if the bank is sound
 */
export async function verifyBank(manifest: Manifest, read: Read): Promise<string[]> {
  const files = [
    ...manifest.experts.flatMap((expert) => Object.values(expert.files)),
    ...manifest.clips.map((clip) => clip.file),
  ];
  const problems: string[] = [];
  for (const file of files) problems.push(...checkFile(file, await read(file.path)));
  for (const expert of manifest.experts) problems.push(...(await checkExpert(expert, read)));
  return problems;
}

function checkFile({ path, bytes, sha256: expected }: BankFile, content: Uint8Array): string[] {
  if (content.length !== bytes) return [`${path} has ${content.length} bytes; the manifest says ${bytes}.`];
  return hex(sha256(content)) === expected ? [] : [`${path} is not the file that the manifest's hash is of.`];
}

async function checkExpert({ id, files }: BankExpert, read: Read): Promise<string[]> {
  const description = JSON.parse(
    new TextDecoder().decode(await read(files['expert.json'].path)),
  ) as ExpertDescription;
  const built = buildExpert(restoreExpert(description, await read(files['weights.f32'].path)));
  return (['image', 'quantized.onnx', 'float.onnx'] as const)
    .filter((name) => hex(sha256(built[name])) !== files[name].sha256)
    .map((name) => `${id}: its weights give another ${name} than ${files[name].path}.`);
}

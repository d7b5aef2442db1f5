/** For tests: a bank of one's own with two experts, small enough to be looked at byte by byte. */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BankExpert, BankFile, Manifest } from '../../models/bank/bank.ts';
import { buildExpert } from '../../models/bank/build.ts';
import type { LatentExpert } from '../../models/experts/expert.ts';
import { storeExpert } from '../../models/experts/store.ts';

const embeddingSize = 384;

/** @param folder that all banks lie in */
export async function writeSmallBank(folder: string, name: string, version = 1): Promise<Manifest> {
  const write = async (path: string, content: Uint8Array | string): Promise<BankFile> => {
    const bytes = Buffer.from(content);
    await mkdir(dirname(join(folder, name, path)), { recursive: true });
    await writeFile(join(folder, name, path), bytes);
    return { path, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  };
  const experts: BankExpert[] = [];
  for (const precision of [2, 4] as const) {
    const id = `${name}-q${precision}`;
    const latent: LatentExpert = {
      name: `${name} ${precision}-bit`,
      version,
      labels: ['hum', 'whistle'],
      standardization: { offset: ramp(embeddingSize), scale: ramp(embeddingSize).fill(1) },
      layers: [
        {
          ...{
            kind: 'latent',
            inputs: embeddingSize,
            outputs: 4,
            bias: ramp(4),
            weights: ramp(4 * embeddingSize),
          },
          norm: { gain: ramp(4), bias: ramp(4) },
        },
        { kind: 'linear', inputs: 4, outputs: 2, weights: ramp(8), bias: ramp(2), norm: null },
      ],
    };
    const built = buildExpert(latent, precision, null);
    const { description, weights } = storeExpert(latent);
    experts.push({
      ...{ id, name: latent.name, version, precision, bits: precision, classes: latent.labels.slice() },
      ...{ embeddingSize, encoder: null, accuracy: 0.75, macroF1: 0.7, heldOutFold: 1, crossValidation: [] },
      files: {
        image: await write(`${id}/expert.image`, built.image),
        'quantized.onnx': await write(`${id}/quantized.onnx`, built['quantized.onnx']),
        'float.onnx': await write(`${id}/float.onnx`, built['float.onnx']),
        'card.md': await write(`${id}/card.md`, `# ${latent.name}\n`),
        'expert.json': await write(`${id}/expert.json`, JSON.stringify(description)),
        'weights.f32': await write(`${id}/weights.f32`, weights),
      },
    });
  }
  const manifest: Manifest = { encoders: [], experts, routers: [], clips: [] };
  await write('manifest.json', JSON.stringify(manifest));
  return manifest;
}

const ramp = (length: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => ((i * 7) % 11) / 11 - 0.4);

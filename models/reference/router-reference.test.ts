import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ort from 'onnxruntime-web';
import { describe, expect, test } from 'vitest';
import { Engine, windowSamples } from '../../devices/engine/engine.ts';
import { boardRoutes, routingAgreement } from '../evaluation/routing-agreement.ts';
import { parseManifest } from '../bank/bank.ts';
import { createReference } from './reference.ts';
import { routerReference } from './router-reference.ts';

const folder = join(import.meta.dirname, '../bank');
const manifest = parseManifest(readFileSync(join(folder, 'manifest.json'), 'utf8'));
const [router] = manifest.routers;
const read = (path: string) => new Uint8Array(readFileSync(join(folder, path)));
const files = {
  image: read(router!.files.image.path),
  'router.json': read(router!.files['router.json'].path),
  'weights.f32': read(router!.files['weights.f32'].path),
};
const experts = router!.experts.map((id) => manifest.experts.find((one) => one.id === id)!);
/** Two seconds of tones that slide, over noise; int16 as a board hears them. */
const pcm = Int16Array.from({ length: windowSamples + 3 * 7680 }, (_, i) =>
  Math.round(6000 * Math.sin(i * i * 2e-6) + 900 * Math.sin(i * 12.9898) * Math.sin(i * 78.233)),
);

describe('the reference of the shipped router', () => {
  test('decides as the firmware’s core does, with the same draws by inference id; float weights apart', async () => {
    const engine = await Engine.load(
      readFileSync(join(import.meta.dirname, '../../devices/engine/engine.wasm')),
      {
        encoders: [read(manifest.encoders.find(({ id }) => id === router!.encoder)!.files.image.path)],
        router: files.image,
        experts: experts.map((one) => read(one.files.image.path)),
      },
    );
    const first = 41;
    const answers = [...engine.stream(48, { firstWindow: first }).push(pcm)];
    const [answer] = answers;
    expect(answer!.windows).toBe(4);
    const sound = Float32Array.from(pcm, (sample) => sample / 32_768);
    const graphs = experts[0]!.files;
    const heardIn = async (path: string) => {
      const graph = await createReference(ort, read(path));
      const { embedding, logits, patches } = await graph.runWithFeatures(sound);
      await graph.release();
      const ofWindow = (values: Float32Array, window: number) =>
        values.slice((window * values.length) / patches, ((window + 1) * values.length) / patches);
      return (window: number) => ({
        embedding: ofWindow(embedding, window),
        firstLogits: ofWindow(logits, window),
      });
    };
    const quantized = await heardIn(graphs['quantized.onnx'].path);
    const float = await heardIn(graphs['float.onnx'].path);
    const reference = routerReference(files);
    expect(reference.topK).toBe(1);
    let others = 0;
    for (let w = 0; w < 4; w++) {
      const board = { gate: answer!.gate.subarray(5 * w, 5 * w + 5), choice: answer!.place[w]! };
      const of = ({ gate, ranked }: ReturnType<typeof reference.quantized>) => ({ gate, choice: ranked[0]! });
      const held = routingAgreement(
        board,
        of(reference.quantized(quantized(w), first + w + 1)),
        of(reference.float(float(w), first + w + 1)),
      );
      expect(boardRoutes(held, router!.encoder)).toBe(true);
      expect(held.quantization.largest).toBeGreaterThan(0);
      // Another inference id draws other masks.
      const otherId = reference.quantized(quantized(w), first + w + 2);
      if (Math.abs(otherId.curiosity - answer!.curiosity[w]!) > 1e-4) others++;
    }
    expect(others).toBeGreaterThan(0);
  });

  test.each(['image', 'router.json', 'weights.f32'] as const)(
    'is refused where its %s is cut short',
    (name) => {
      const cut = { ...files, [name]: files[name].subarray(0, files[name].length >> 1) };
      expect(() => routerReference(cut)).toThrow();
    },
  );
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ort from 'onnxruntime-web';
import { expect, test } from 'vitest';
import { Engine, windowSamples } from '../../devices/engine/engine.ts';
import { everyKind, layer, randomEncoder } from '../../test/fixtures/random-encoder.ts';
import { randomLatent } from '../../test/fixtures/random-expert.ts';
import { buildEncoder, buildExpert, buildRouter, type LatentRouter } from '../bank/build.ts';
import { restoreRouter, storeRouter } from '../bank/store-router.ts';
import { boardRoutes, cascadeAgreement } from '../evaluation/routing-agreement.ts';
import { readRouter } from '../packing/read.ts';
import { sha256 } from '../packing/sha256.ts';
import { decisionNames, type Decision } from '../router/router.ts';
import { createReference } from './reference.ts';
import { routerReference } from './router-reference.ts';

const wasm = readFileSync(join(import.meta.dirname, '../../devices/engine/engine.wasm'));
const experts = [1, 2, 3].map((seed) => {
  const encoder = buildEncoder(randomEncoder(seed, [...everyKind, layer('convolution', 1, 1, 384)]));
  return { encoder, built: buildExpert(randomLatent(seed), 4, encoder) };
});
const pcm = Int16Array.from({ length: windowSamples + 5 * 7680 }, (_, i) =>
  Math.round(8000 * Math.sin(i * i * 2e-7) * Math.sin(i / 7000) + 2000 * Math.sin(i * 12.9898)),
);

/** As a bank keeps it. */
function routerOf(decision: Decision, thresholds: readonly number[]): LatentRouter {
  const firstDecides = decision === 'top-probability' || decision === 'entropy';
  const network = randomLatent(9, { widths: [32, 16], classes: 3 });
  const layers = network.layers.map((one) => (one.norm ? { ...one, dropout: true } : one));
  return {
    expert: { ...network, layers: firstDecides ? [] : layers },
    precision: firstDecides ? 32 : 8,
    prior: new Float32Array(3),
    routing: {
      ...{ alpha: 0, curiosityScale: 1, dropout: Math.fround(0.2), seed: 4, topK: 1 },
      passes: decision === 'curiosity' ? 8 : 0,
    },
    cascade: { decision, thresholds: Float32Array.from(thresholds) },
  };
}

async function logitsOf(graph: Uint8Array) {
  const reference = await createReference(ort, graph);
  const { embedding, logits, patches } = await reference.runWithFeatures(
    Float32Array.from(pcm, (sample) => sample / 32_768),
  );
  await reference.release();
  const ofWindow = (values: Float32Array, window: number) =>
    values.slice((window * values.length) / patches, ((window + 1) * values.length) / patches);
  return (window: number) => ({
    embedding: ofWindow(embedding, window),
    firstLogits: ofWindow(logits, window),
  });
}

test.each(decisionNames)(
  'a cascade by %s is decided from sound as the engine decides it',
  async (decision) => {
    const hashes = experts.map(({ built }) => sha256(built.image));
    const answersOf = async (router: LatentRouter) => {
      const { image } = buildRouter(router, experts[0]!.encoder, hashes);
      const images = {
        encoders: experts.map(({ encoder }) => encoder.files.image),
        router: image,
        experts: experts.map(({ built }) => built.image),
      };
      const [answer] = [...(await Engine.load(wasm, images)).stream(48).push(pcm)];
      return { image, answer: answer! };
    };
    const scores = [...(await answersOf(routerOf(decision, [2, 2]))).answer.score].sort((a, b) => a - b);
    const router = routerOf(decision, [scores[1]!, scores[3]!]);
    const { image, answer } = await answersOf(router);
    expect(new Set(answer.place)).toEqual(new Set([0, 1, 2]));

    // What a bank keeps gives the same bytes again.
    const { description, weights } = storeRouter(router);
    const text = JSON.stringify(description);
    const restored = restoreRouter(JSON.parse(text), weights);
    expect(buildRouter(restored, experts[0]!.encoder, hashes).image).toEqual(image);
    expect(readRouter(image).router.cascade).toEqual(router.cascade);

    const reference = routerReference({
      image,
      'router.json': new TextEncoder().encode(text),
      'weights.f32': weights,
    });
    const quantized = await logitsOf(experts[0]!.built['quantized.onnx']);
    const float = await logitsOf(experts[0]!.built['float.onnx']);
    for (let w = 0; w < answer.windows; w++) {
      const of = ({ score, ranked }: ReturnType<typeof reference.quantized>) => ({
        score,
        choice: ranked[0]!,
      });
      const decided = reference.quantized(quantized(w), w + 1);
      const held = cascadeAgreement(
        {
          board: { score: answer.score[w]!, choice: answer.place[w]! },
          quantized: of(decided),
          float: of(reference.float(float(w), w + 1)),
        },
        decided.thresholds!,
      );
      expect(boardRoutes(held, 'encoder'), `window ${w}: ${JSON.stringify(held)}`).toBe(true);
    }
  },
);

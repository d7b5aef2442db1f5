import { readFile } from 'node:fs/promises';
import * as ort from 'onnxruntime-web';
import { expect, test } from 'vitest';
import { Engine } from '../../../devices/engine/engine.ts';
import { frontEndModel } from '../../../models/features/front-end.ts';
import { Random } from '../../../models/training/random.ts';
import { Banks } from '../../banks/banks.ts';
import { resources } from '../../resources.ts';
import { embedAsBoard, imagesToEmbedWith } from './board-embedding.ts';

/** Three seconds of steps between two tones and noise, in whole steps of int16. */
function sound(): Float32Array {
  const random = new Random(3);
  return Float32Array.from({ length: 48_000 }, (_, i) => {
    const tone = Math.sin((i * 2 * Math.PI * (i % 9_000 < 4_000 ? 440 : 1_700)) / 16_000);
    return Math.round(8_000 * tone + 2_000 * random.uniform()) / 32_768;
  });
}

test.each([null, 'esc10-encoder-small-1', 'esc10-encoder-large-4'])(
  'embeds every patch as the reference graph does: %s',
  async (id) => {
    const encoder = id === null ? null : (await (await Banks.open(resources.bank)).encoder(id)).built;
    const engine = await Engine.load(await readFile(resources.engine), imagesToEmbedWith(encoder));
    const pcm = sound();
    const { embeddings, patches } = embedAsBoard(engine, pcm);
    const graph = frontEndModel(undefined, encoder?.quantized ?? null);
    const session = await ort.InferenceSession.create(graph, { executionProviders: ['wasm'] });
    const { embedding } = await session.run({ pcm: new ort.Tensor('float32', pcm, [pcm.length]) });
    await session.release();
    expect(embedding!.dims).toEqual([patches, engine.embeddingSize]);
    const wanted = embedding!.data as Float32Array;
    const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const apart = wanted.map((value, i) => Math.abs(value - embeddings[i]!));
    expect(Math.max(...apart)).toBeLessThan(1e-4 * largest);
    // a second sound is another stream
    expect(embedAsBoard(engine, pcm).embeddings).toEqual(embeddings);
  },
);

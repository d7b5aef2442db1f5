/** An expert with repeatable random weights, for tests. */
import type { LatentExpert, LatentLayer } from '../../../models/experts/expert.ts';
import { quantizeExpert } from '../../../models/experts/quantize.ts';
import { packExpert } from '../../../models/packing/pack.ts';
import type { ModelSource } from '../../banks/model-images.ts';
import { CurlewError } from '../../contract/error.ts';
import type { OwnModels } from '../../own-models/own-models.ts';
import { noise } from '../../recordings/testing.ts';

export const testClasses = ['curlew', 'rain', 'saw'];

/** An image, of an expert that takes the log-mel's statistics. */
export function testModel(): Uint8Array {
  const weights = (length: number, seed: number) => noise(length, seed).map((value) => 2 * value);
  const hidden = (inputs: number, outputs: number, seed: number): LatentLayer => ({
    kind: 'latent',
    inputs,
    outputs,
    weights: weights(inputs * outputs, seed),
    bias: weights(outputs, seed + 1),
    norm: { gain: weights(outputs, seed + 2), bias: weights(outputs, seed + 3) },
  });
  const latent: LatentExpert = {
    name: 'test',
    version: 1,
    labels: testClasses,
    standardization: { offset: weights(384, 1), scale: new Float32Array(384).fill(1) },
    layers: [
      hidden(384, 32, 10),
      {
        kind: 'linear',
        inputs: 32,
        outputs: 3,
        weights: weights(96, 30).map((w) => 3 * w),
        bias: weights(3, 31),
        norm: null,
      },
    ],
  };
  return packExpert(quantizeExpert(latent), new Uint8Array());
}

export function testBank(image: Uint8Array): ModelSource {
  return {
    routers: [],
    encoders: [],
    expert(expertId) {
      if (expertId === 'test') return { name: 'Test expert', classes: testClasses, encoder: null };
      throw new CurlewError('EXPERT_NOT_FOUND', `The bank has no expert “${expertId}”.`);
    },
    file: async () => image,
    image: async () => null,
  };
}

/** A lab without models of one's own. */
export const noModels: Pick<OwnModels, 'get'> = {
  get(modelId) {
    throw new CurlewError('EXPERT_NOT_FOUND', `This lab has no model “${modelId}”.`);
  },
};

/** An expert with repeatable random weights, for tests. */
import type { LatentExpert, LatentLayer } from '../../../models/experts/expert.ts';
import { quantizedModel } from '../../../models/experts/models.ts';
import { quantizeExpert } from '../../../models/experts/quantize.ts';
import { CurlewError } from '../../contract/error.ts';
import { noise } from '../../recordings/testing.ts';
import type { ExpertSource } from './classification.ts';

export const testClasses = ['curlew', 'rain', 'saw'];

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
  return quantizedModel(quantizeExpert(latent));
}

export function testBank(model: Uint8Array): ExpertSource {
  return {
    expert(expertId) {
      if (expertId === 'test') return { name: 'Test expert', classes: testClasses };
      throw new CurlewError('EXPERT_NOT_FOUND', `The bank has no expert “${expertId}”.`);
    },
    file: async () => model,
  };
}

import type { Expert } from '../experts/expert.ts';
import type { TrainingData } from './data.ts';
import { expertLogits } from './logits.ts';
import { Random } from './random.ts';
import type { Bank } from './train-router.ts';

/** Three classes that differ in the mean of a third of the numbers each; 4 sources a class, 10 samples each. */
export function separable(seed = 5): TrainingData {
  const random = new Random(seed);
  const size = 24;
  const count = 120;
  const labels = Int32Array.from({ length: count }, (_, i) => i % 3);
  const embeddings = Float32Array.from({ length: count * size }, (_, i) => {
    const shift = Math.floor((i % size) / 8) === labels[Math.floor(i / size)]! ? 2 : 0;
    return shift + 2 * random.uniform() - 1;
  });
  const groups = Array.from({ length: count }, (_, i) => `${i % 3}-${Math.floor(i / 3) % 4}`);
  return { embeddings, size, labels, groups, classes: ['a', 'b', 'c'] };
}

/** What experts say of samples, whether they have heard them or not: enough for a router where that is not the point. */
export async function asHeard(experts: readonly Expert[], data: TrainingData): Promise<Bank> {
  const logits: Float32Array[] = [];
  for (const expert of experts) logits.push(await expertLogits(expert, data));
  return { experts, logits };
}

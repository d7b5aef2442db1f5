/**
 * Cross-fitting: what experts say of sounds that they have not heard, for every sound there is. The training sources
 * are dealt into parts; experts that were trained without a part speak of it, as in stacking (Wolpert 1992, Neural
 * Networks 5: 241; van der Laan, Polley & Hubbard 2007). A router that learned from answers to sounds which its
 * experts were fitted to would learn which expert remembers best, not which one generalizes.
 */
import type { Expert } from '../experts/expert.ts';
import type { Split } from './course.ts';
import type { TrainingData } from './data.ts';
import { expertLogits } from './logits.ts';
import { Random } from './random.ts';

export interface CrossFit {
  readonly parts: number;
  /** part of each training source */
  readonly partOf: ReadonlyMap<string, number>;
}

/** Each costs a training of every expert on the rest: with three, twice what the experts themselves take. */
export const crossFitParts = 3;

/**
 * Deals the training sources of each class into parts, in a drawn order: three, or fewer where no class has so many, and
 * none where no class has two: then nobody can speak of what he has not heard.
 */
export function crossFitOf(data: TrainingData, split: Split, seed: number): CrossFit {
  const sourcesOfClass = new Map<number, Set<string>>();
  for (const row of split.training) {
    const label = data.labels[row]!;
    const sources = sourcesOfClass.get(label) ?? new Set();
    sourcesOfClass.set(label, sources.add(data.groups[row]!));
  }
  const most = Math.max(...[...sourcesOfClass.values()].map(({ size }) => size));
  // without a single part there would be nothing to train on: then there is none
  const parts = most < 2 ? 0 : Math.min(crossFitParts, most);
  const random = new Random(seed);
  const partOf = new Map<string, number>();
  for (const label of [...sourcesOfClass.keys()].sort((a, b) => a - b)) {
    random.shuffle([...sourcesOfClass.get(label)!].sort()).forEach((source, i) => {
      if (parts > 0 && !partOf.has(source)) partOf.set(source, i % parts);
    });
  }
  return { parts, partOf };
}

/** The split of an expert that does not hear a part: no sample of its sources, none that they are mixed into. */
export function withoutPart(data: TrainingData, split: Split, { partOf }: CrossFit, part: number): Split {
  const hears = (source: string | null) => source !== null && partOf.get(source) === part;
  const second = (row: number) => data.mixed?.seconds[row] ?? null;
  return {
    training: split.training.filter((row) => !hears(data.groups[row]!) && !hears(second(row))),
    validation: split.validation,
  };
}

/**
 * @param experts of the bank: they speak of the validation samples, which no weight was fitted to
 * @param ofParts [part][expert]: the same trained without that part
 * @returns [expert][samples · classes]; NaN where nobody speaks: of samples mixed of two parts. Without any part the
 *   experts speak of what they have heard
 */
export async function heldOutLogits(
  data: TrainingData,
  split: Split,
  { parts, partOf }: CrossFit,
  experts: readonly Expert[],
  ofParts: readonly (readonly Expert[])[],
): Promise<Float32Array[]> {
  const classes = data.classes.length;
  const held: Float32Array[] = [];
  for (const [e, expert] of experts.entries()) {
    const own = await expertLogits(expert, data);
    if (parts === 0) {
      held.push(own);
      continue;
    }
    const logits = new Float32Array(own.length).fill(NaN);
    const take = (from: Float32Array, row: number) =>
      logits.set(from.subarray(row * classes, (row + 1) * classes), row * classes);
    for (const row of split.validation) take(own, row);
    for (const [part, without] of ofParts.entries()) {
      const theirs = await expertLogits(without[e]!, data);
      for (const row of split.training) {
        const second = data.mixed?.seconds[row] ?? null;
        const alone = second === null || partOf.get(second) === part;
        if (partOf.get(data.groups[row]!) === part && alone) take(theirs, row);
      }
    }
    held.push(logits);
  }
  return held;
}

import * as tf from '@tensorflow/tfjs-core';
import { assignTo, copyOf, variable } from './variables.ts';

const [beta1, beta2] = [0.9, 0.999];

interface Moments {
  readonly first: tf.Variable;
  readonly second: tf.Variable;
}

/**
 * AdamW: Adam with the weight decay taken off the weights themselves (Loshchilov and Hutter 2019),
 * w ← w − rate · (m̂ / (sqrt(v̂) + 1e-8) + decay · w), β1 = 0.9, β2 = 0.999. Vectors (biases, gains) do not decay.
 *
 * Moments are kept without their factors, m = (1 − β1) · first and v = (1 − β2) · second, and the step's factors are
 * drawn together: every pass over a million weights that is saved counts.
 */
export class AdamW {
  #step = 0;
  readonly #moments: readonly Moments[];

  constructor(
    private readonly variables: readonly tf.Variable[],
    private readonly rate: number,
    private readonly decay: number,
  ) {
    this.#moments = variables.map((weights) => ({
      first: variable(() => tf.zerosLike(weights)),
      second: variable(() => tf.zerosLike(weights)),
    }));
  }

  /** @param gradients in the order of the variables */
  apply(gradients: readonly tf.Tensor[]): void {
    this.#step++;
    const { rate, decay } = this;
    // rate · m̂ / (sqrt(v̂) + 1e-8) = first / (slope · sqrt(second) + offset)
    const numerator = (rate * (1 - beta1)) / (1 - beta1 ** this.#step);
    const slope = Math.sqrt((1 - beta2) / (1 - beta2 ** this.#step)) / numerator;
    const offset = 1e-8 / numerator;
    this.variables.forEach((weights, i) => {
      const { first, second } = this.#moments[i]!;
      const gradient = gradients[i]!;
      first.assign(tf.add(tf.mul(first, beta1), gradient));
      second.assign(tf.add(tf.mul(second, beta2), tf.square(gradient)));
      const change = tf.div(first, tf.add(tf.mul(tf.sqrt(second), slope), offset));
      const kept = weights.rank > 1 && decay > 0 ? tf.mul(weights, 1 - rate * decay) : weights;
      weights.assign(tf.sub(kept, change));
    });
  }

  /** Steps taken so far. */
  get step(): number {
    return this.#step;
  }

  /** First and second moments in turn, in the order of the variables; copies. */
  moments(): Float32Array[] {
    return this.#moments.flatMap(({ first, second }) => [copyOf(first), copyOf(second)]);
  }

  /** Goes on from what an optimizer of the same variables had after `step` steps. */
  restore(step: number, moments: readonly Float32Array[]): void {
    this.#step = step;
    this.#moments.forEach(({ first, second }, i) => {
      assignTo(first, moments[2 * i]!);
      assignTo(second, moments[2 * i + 1]!);
    });
  }

  dispose(): void {
    for (const { first, second } of this.#moments) tf.dispose([first, second]);
  }
}

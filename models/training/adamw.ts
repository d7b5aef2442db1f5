import * as tf from '@tensorflow/tfjs-core';
import { assignTo, copyOf, variable } from './variables.ts';

interface Moments {
  readonly first: tf.Variable;
  readonly second: tf.Variable;
}

/**
 * AdamW: Adam with the weight decay taken off the weights themselves (Loshchilov and Hutter 2019),
 * w ← w − rate · (m̂ / (sqrt(v̂) + 1e-8) + decay · w), β1 = 0.9, β2 = 0.999. Vectors (biases, gains) do not decay.
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
    const correction1 = 1 - 0.9 ** this.#step;
    const correction2 = 1 - 0.999 ** this.#step;
    this.variables.forEach((weights, i) => {
      const { first, second } = this.#moments[i]!;
      const gradient = gradients[i]!;
      first.assign(tf.add(tf.mul(first, 0.9), tf.mul(gradient, 0.1)));
      second.assign(tf.add(tf.mul(second, 0.999), tf.mul(tf.mul(gradient, gradient), 0.001)));
      const direction = tf.div(
        tf.mul(first, this.rate / correction1),
        tf.add(tf.sqrt(tf.mul(second, 1 / correction2)), 1e-8),
      );
      const kept = weights.rank > 1 ? 1 - this.rate * this.decay : 1;
      weights.assign(tf.sub(tf.mul(weights, kept), direction));
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

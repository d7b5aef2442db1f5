import * as tf from '@tensorflow/tfjs-core';
import type { TrainingData } from './data.ts';

export interface Loss {
  readonly value: tf.Scalar;
  /** for the logits */
  readonly gradient: tf.Tensor2D;
}

/**
 * Cross-entropy against smoothed targets (1 − ε) · target + ε / classes, weighted by class:
 * Σ share · (−Σ target · log softmax), share = weight / Σ weights, weight = Σ target · the class's weight.
 * The gradient for the logits is share · (softmax − target).
 */
export class CrossEntropy {
  /** @param smoothing ε, 0 … 1 */
  constructor(
    private readonly data: TrainingData,
    private readonly classWeights: Float32Array,
    private readonly smoothing: number,
  ) {}

  of(logits: tf.Tensor2D, rows: readonly number[]): Loss {
    const { labels, classes, mixed } = this.data;
    const count = classes.length;
    const targets = new Float32Array(rows.length * count);
    const weights = new Float32Array(rows.length);
    rows.forEach((row, i) => {
      for (let c = 0; c < count; c++) {
        const share = mixed ? mixed.targets[row * count + c]! : Number(labels[row] === c);
        weights[i]! += share * this.classWeights[c]!;
        targets[i * count + c] = (1 - this.smoothing) * share + this.smoothing / count;
      }
    });
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const target = tf.tensor2d(targets, [rows.length, count]);
    const share = tf.tensor2d(
      weights.map((weight) => weight / total),
      [rows.length, 1],
    );
    const shifted = tf.sub(logits, tf.max(logits, 1, true));
    const powers = tf.exp(shifted);
    const sums = tf.sum(powers, 1, true);
    const logProbabilities = tf.sub(shifted, tf.log(sums));
    return {
      value: tf.neg(tf.sum(tf.mul(tf.mul(target, logProbabilities), share))) as tf.Scalar,
      gradient: tf.mul(tf.sub(tf.div(powers, sums), target), share),
    };
  }
}

import * as tf from '@tensorflow/tfjs-core';
import type { AdamW } from './adamw.ts';
import type { TrainingData } from './data.ts';
import type { Layer } from './layers.ts';
import type { Random } from './random.ts';

/** One batch at a time: gathers rows, runs the layers, takes a step or measures. */
export class Batches {
  constructor(
    private readonly data: TrainingData,
    private readonly features: Float32Array,
    private readonly weights: Float32Array,
    private readonly smoothing: number,
  ) {}

  /** @returns the batch's loss before the step */
  step(
    layers: readonly Layer[],
    rows: readonly number[],
    optimizer: AdamW,
    random: Random,
    dropout: number,
  ): number {
    return tf.tidy(() => {
      let value = this.#inputs(rows);
      const passes = layers.map((layer, i) => {
        const width = layer.parameters[0]!.shape[1]!;
        const last = i === layers.length - 1;
        const mask = last
          ? null
          : tf.tensor2d(random.dropout(rows.length * width, dropout), [rows.length, width]);
        const pass = layer.forward(value, mask);
        value = pass.output;
        return pass;
      });
      const { loss, gradient } = this.#loss(value, rows);
      const gradients: tf.Tensor[][] = [];
      let upstream: tf.Tensor2D | null = gradient;
      for (let i = passes.length - 1; i >= 0; i--) {
        const result = passes[i]!.backward(upstream!, i > 0);
        gradients.unshift([...result.gradients]);
        upstream = result.input;
      }
      optimizer.apply(gradients.flat());
      return loss.dataSync()[0]!;
    });
  }

  evaluate(
    layers: readonly Layer[],
    rows: readonly number[],
  ): { validationLoss: number; validationAccuracy: number } {
    return tf.tidy(() => {
      let value = this.#inputs(rows);
      for (const layer of layers) value = layer.forward(value, null).output;
      const predicted = tf.argMax(value, 1).dataSync();
      const right = rows.filter((row, i) => predicted[i] === this.data.labels[row]).length;
      return {
        validationLoss: this.#loss(value, rows).loss.dataSync()[0]!,
        validationAccuracy: right / rows.length,
      };
    });
  }

  #inputs(rows: readonly number[]): tf.Tensor2D {
    const { size } = this.data;
    const values = new Float32Array(rows.length * size);
    rows.forEach((row, i) => values.set(this.features.subarray(row * size, (row + 1) * size), i * size));
    return tf.tensor2d(values, [rows.length, size]);
  }

  /**
   * Cross-entropy against smoothed targets (1 − ε) · onehot + ε / classes, weighted by class; the gradient
   * for the logits is weight · (softmax − target) / Σ weights.
   */
  #loss(logits: tf.Tensor2D, rows: readonly number[]): { loss: tf.Scalar; gradient: tf.Tensor2D } {
    const classes = this.data.classes.length;
    const targets = new Float32Array(rows.length * classes).fill(this.smoothing / classes);
    const shares = new Float32Array(rows.length);
    rows.forEach((row, i) => {
      const label = this.data.labels[row]!;
      targets[i * classes + label]! += 1 - this.smoothing;
      shares[i] = this.weights[label]!;
    });
    const total = shares.reduce((sum, share) => sum + share, 0);
    const target = tf.tensor2d(targets, [rows.length, classes]);
    const share = tf.tensor2d(
      shares.map((value) => value / total),
      [rows.length, 1],
    );
    const shifted = tf.sub(logits, tf.max(logits, 1, true));
    const powers = tf.exp(shifted);
    const sums = tf.sum(powers, 1, true);
    const logProbabilities = tf.sub(shifted, tf.log(sums));
    return {
      loss: tf.neg(tf.sum(tf.mul(tf.mul(target, logProbabilities), share))) as tf.Scalar,
      gradient: tf.mul(tf.sub(tf.div(powers, sums), target), share),
    };
  }
}

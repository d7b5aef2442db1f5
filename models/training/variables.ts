import * as tf from '@tensorflow/tfjs-core';

/** A variable that leaves no other tensor behind; `initial`'s tensor is given up. */
export function variable(initial: () => tf.Tensor): tf.Variable {
  const value = initial();
  const result = tf.variable(value);
  value.dispose();
  return result;
}

export function copyOf(tensor: tf.Tensor): Float32Array {
  return (tensor.dataSync() as Float32Array).slice();
}

export function assignTo(target: tf.Variable, values: Float32Array): void {
  tf.tidy(() => target.assign(tf.tensor(values, target.shape, 'float32')));
}

/** @param matrix [samples][size] */
export function rowsOf(matrix: Float32Array, size: number, rows: readonly number[]): tf.Tensor2D {
  const values = new Float32Array(rows.length * size);
  rows.forEach((row, i) => values.set(matrix.subarray(row * size, (row + 1) * size), i * size));
  return tf.tensor2d(values, [rows.length, size]);
}

const chunk = 1024;

/** Runs rows through in chunks, so that memory does not grow with their number. */
export function inChunks(
  rows: readonly number[],
  run: (rows: readonly number[]) => tf.Tensor2D,
): tf.Tensor2D {
  const parts: tf.Tensor2D[] = [];
  for (let start = 0; start < rows.length; start += chunk) {
    parts.push(tf.tidy(() => run(rows.slice(start, start + chunk))));
  }
  return tf.concat(parts, 0);
}

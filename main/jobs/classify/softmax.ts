/** exp(v) / Σ exp(v) of each row. @param logits [rows][classes], row-major */
export function softmax(logits: Float32Array, classes: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(logits.length);
  for (let row = 0; row < logits.length; row += classes) {
    const values = logits.subarray(row, row + classes);
    // The largest is taken off first, so that exp cannot overflow.
    const largest = Math.max(...values);
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += Math.exp(values[c]! - largest);
    for (let c = 0; c < classes; c++) out[row + c] = Math.exp(values[c]! - largest) / sum;
  }
  return out;
}

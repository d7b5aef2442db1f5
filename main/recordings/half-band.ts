import { halfLength, kaiser, sinc } from './kaiser.ts';
import type { ResampleStage } from './polyphase.ts';

/** Transition over the input rate: 7.5 to 8.5 kHz at 32 kHz. */
const transition = 1_000 / 32_000;
/** Odd taps on each side; the even ones are zero, and the centre is one half. */
const pairs = Math.ceil(halfLength(transition) / 2);
/** Inputs on each side of the centre that an output uses. */
const reach = 2 * pairs - 1;

const taps = designTaps();

/** Halves the rate: y[n] = x[2n] / 2 + Σ h[m] (x[2n − 2m − 1] + x[2n + 2m + 1]). */
export class HalfBandStage implements ResampleStage {
  readonly firstInput: number;
  private held: Float32Array;
  /** Input index of the first sample held; always odd, as `reach` is. */
  private base: number;
  private received: number;
  private nextOutput: number;

  constructor(firstOutput: number) {
    this.nextOutput = firstOutput;
    this.base = 2 * firstOutput - reach;
    this.firstInput = Math.max(0, this.base);
    this.held = new Float32Array(this.firstInput - this.base);
    this.received = this.firstInput;
  }

  push(input: Float32Array): Float32Array {
    this.received += input.length;
    return this.run(input);
  }

  flush(): Float32Array {
    const outputs = this.run(new Float32Array(reach + 1));
    const wanted = Math.ceil(this.received / 2);
    const excess = this.nextOutput - wanted;
    return excess > 0 ? outputs.subarray(0, Math.max(0, outputs.length - excess)) : outputs;
  }

  private run(input: Float32Array): Float32Array {
    const data = new Float32Array(this.held.length + input.length);
    data.set(this.held);
    data.set(input, this.held.length);
    const count = Math.max(0, Math.floor((data.length - 2 * reach - 1) / 2) + 1);
    // Apart, so that the sums below run over neighbouring numbers: outer[k] = x[base + 2k].
    const outer = new Float64Array((data.length + 1) >> 1);
    for (let k = 0; k < outer.length; k++) outer[k] = data[2 * k]!;
    const outputs = new Float32Array(count);
    // Four outputs at a time, because one sum alone waits for each addition; every sum has the same order in both loops.
    let n = 0;
    for (; n + 4 <= count; n += 4) {
      let sum0 = 0;
      let sum1 = 0;
      let sum2 = 0;
      let sum3 = 0;
      for (let m = 0, near = n + pairs - 1, far = n + pairs; m < pairs; m++, near--, far++) {
        const tap = taps[m]!;
        sum0 += tap * (outer[near]! + outer[far]!);
        sum1 += tap * (outer[near + 1]! + outer[far + 1]!);
        sum2 += tap * (outer[near + 2]! + outer[far + 2]!);
        sum3 += tap * (outer[near + 3]! + outer[far + 3]!);
      }
      outputs[n] = 0.5 * data[2 * n + reach]! + sum0;
      outputs[n + 1] = 0.5 * data[2 * n + 2 + reach]! + sum1;
      outputs[n + 2] = 0.5 * data[2 * n + 4 + reach]! + sum2;
      outputs[n + 3] = 0.5 * data[2 * n + 6 + reach]! + sum3;
    }
    for (; n < count; n++) {
      let sum = 0;
      for (let m = 0; m < pairs; m++) sum += taps[m]! * (outer[n + pairs - 1 - m]! + outer[n + pairs + m]!);
      outputs[n] = 0.5 * data[2 * n + reach]! + sum;
    }
    this.nextOutput += count;
    this.base += 2 * count;
    this.held = data.slice(2 * count);
    return outputs;
  }
}

function designTaps(): Float64Array {
  const designed = Float64Array.from({ length: pairs }, (_, m) => {
    const distance = 2 * m + 1;
    return 0.5 * sinc(distance / 2) * kaiser(distance / (reach + 1));
  });
  const sum = designed.reduce((total, tap) => total + tap, 0);
  // Both sides together pass a constant by one half, the centre by the other.
  return designed.map((tap) => (tap * 0.25) / sum);
}

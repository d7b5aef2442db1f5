import { halfLength, kaiser, sinc } from './kaiser.ts';
import type { ResampleStage } from './polyphase.ts';
import { ResampleKernel } from './resampler/kernel.ts';

/** Transition over the input rate: 7.5 to 8.5 kHz at 32 kHz. */
const transition = 1_000 / 32_000;
/** Odd taps on each side; the even ones are zero, and the centre is one half. */
const pairs = Math.ceil(halfLength(transition) / 2);
/** Inputs on each side of the centre that an output uses. */
const reach = 2 * pairs - 1;

let shared: ResampleKernel | null = null;

/** Halves the rate: y[n] = x[2n] / 2 + Σ h[m] (x[2n − 2m − 1] + x[2n + 2m + 1]). */
export class HalfBandStage implements ResampleStage {
  readonly firstInput: number;
  private readonly kernel = (shared ??= new ResampleKernel(designTaps()));
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
    const taken = this.kernel.take(this.held, input);
    const count = Math.max(0, Math.floor((taken - 2 * reach - 1) / 2) + 1);
    const outputs = this.kernel.halfBand(count, pairs);
    this.nextOutput += count;
    this.base += 2 * count;
    this.held = this.kernel.from(2 * count);
    return outputs;
  }
}

function designTaps(): Float32Array {
  const designed = Float64Array.from({ length: pairs }, (_, m) => {
    const distance = 2 * m + 1;
    return 0.5 * sinc(distance / 2) * kaiser(distance / (reach + 1));
  });
  const sum = designed.reduce((total, tap) => total + tap, 0);
  // Both sides together pass a constant by one half, the centre by the other.
  return Float32Array.from(designed, (tap) => (tap * 0.25) / sum);
}

import { halfLength, kaiser, sinc } from './kaiser.ts';
import { ResampleKernel } from './resampler/kernel.ts';

/** A stage takes samples in order and gives those outputs that they determine, lent until a stage of its kind is called again. */
export interface ResampleStage {
  readonly firstInput: number;
  push(input: Float32Array): Float32Array;
  flush(): Float32Array;
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** Conversion by the ratio up / down with one windowed-sinc low-pass, one set of taps a phase. */
export class PolyphaseStage implements ResampleStage {
  readonly firstInput: number;
  private readonly up: number;
  private readonly down: number;
  /** Even, as the sums go over four inputs at a time. */
  private readonly half: number;
  private readonly kernel: ResampleKernel;
  private readonly wholeStep: number;
  private readonly phaseStep: number;
  /** Inputs not yet used up; the first stands at input index `base`. */
  private held: Float32Array;
  private base: number;
  private received: number;
  /** The next output stands at input index `centre` + `phase` / up. */
  private centre: number;
  private phase: number;

  /**
   * @param cutoff Hz, the −6 dB point
   * @param transition Hz, from pass to stop band
   */
  constructor(rate: number, outputRate: number, cutoff: number, transition: number, firstOutput: number) {
    const divisor = gcd(rate, outputRate);
    this.up = outputRate / divisor;
    this.down = rate / divisor;
    this.half = 2 * Math.ceil(halfLength(transition / rate) / 2);
    this.kernel = kernelFor(this.up, this.half, cutoff / rate);
    this.wholeStep = Math.floor(this.down / this.up);
    this.phaseStep = this.down % this.up;
    // firstOutput · down may pass 2⁵³; its parts do not.
    const remainder = (firstOutput % this.up) * this.down;
    this.centre = Math.floor(firstOutput / this.up) * this.down + Math.floor(remainder / this.up);
    this.phase = remainder % this.up;
    this.firstInput = Math.max(0, this.centre - this.half + 1);
    // Before the recording there is silence.
    this.base = this.centre - this.half + 1;
    this.held = new Float32Array(this.firstInput - this.base);
    this.received = this.firstInput;
  }

  push(input: Float32Array): Float32Array {
    this.received += input.length;
    return this.run(input);
  }

  flush(): Float32Array {
    // Outputs stand before the end of the input: centre + phase / up < received.
    const end = this.received;
    const outputs = this.run(new Float32Array(this.half + 1));
    const excess = this.countFrom(end);
    return excess > 0 ? outputs.subarray(0, Math.max(0, outputs.length - excess)) : outputs;
  }

  /** How many outputs already given stand at or after input index `end`. */
  private countFrom(end: number): number {
    let count = 0;
    let { centre, phase } = this;
    for (;;) {
      centre -= this.wholeStep;
      phase -= this.phaseStep;
      if (phase < 0) {
        phase += this.up;
        centre--;
      }
      if (centre < end) return count;
      count++;
    }
  }

  private run(input: Float32Array): Float32Array {
    const { half, up, down, kernel, phase } = this;
    const width = 2 * half;
    const taken = kernel.take(this.held, input);
    const first = this.centre - half + 1 - this.base;
    // Output k starts at first + ⌊(phase + k · down) / up⌋ and must not pass the last input.
    const room = (taken - width - first + 1) * up - phase;
    const count = Math.max(0, Math.ceil(room / down));
    const outputs = kernel.polyphase(first, count, { width, up, down, phase });
    const next = phase + count * down;
    const at = first + Math.floor(next / up);
    this.phase = next % up;
    this.centre = at + this.base + half - 1;
    const drop = Math.min(at, taken);
    this.held = kernel.from(drop);
    this.base += drop;
    return outputs;
  }
}

/** The last designs, because a folder's files mostly share one rate and an odd rate has thousands of phases. */
const kernels = new Map<string, ResampleKernel>();
const keptKernels = 4;

function kernelFor(up: number, half: number, cutoff: number): ResampleKernel {
  const key = `${up} ${half} ${cutoff}`;
  const kernel = kernels.get(key) ?? new ResampleKernel(designTaps(up, half, cutoff));
  kernels.delete(key);
  kernels.set(key, kernel);
  if (kernels.size > keptKernels) kernels.delete(kernels.keys().next().value!);
  return kernel;
}

/** [phase][2 · half], in the order of the inputs; each phase scaled to a sum of one, so that a constant stays that constant. */
function designTaps(up: number, half: number, cutoff: number): Float32Array {
  const width = 2 * half;
  const taps = new Float32Array(up * width);
  const row = new Float64Array(width);
  for (let phase = 0; phase < up; phase++) {
    let sum = 0;
    for (let i = 0; i < width; i++) {
      const distance = phase / up + half - 1 - i;
      row[i] = sinc(2 * cutoff * distance) * kaiser(distance / half);
      sum += row[i]!;
    }
    for (let i = 0; i < width; i++) taps[phase * width + i] = row[i]! / sum;
  }
  return taps;
}

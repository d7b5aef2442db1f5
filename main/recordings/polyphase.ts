import { halfLength, kaiser, sinc } from './kaiser.ts';

/** A stage takes samples in order and gives those outputs that they determine. */
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
  private readonly half: number;
  /** [phase][2 · half], the order in which the inputs come. */
  private readonly taps: Float64Array;
  private readonly wholeStep: number;
  private readonly phaseStep: number;
  /** Inputs not yet used up; the first stands at input index `base`. */
  private held: Float64Array;
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
    this.half = halfLength(transition / rate);
    this.taps = tapsFor(this.up, this.half, cutoff / rate);
    this.wholeStep = Math.floor(this.down / this.up);
    this.phaseStep = this.down % this.up;
    // firstOutput · down may pass 2⁵³; its parts do not.
    const remainder = (firstOutput % this.up) * this.down;
    this.centre = Math.floor(firstOutput / this.up) * this.down + Math.floor(remainder / this.up);
    this.phase = remainder % this.up;
    this.firstInput = Math.max(0, this.centre - this.half + 1);
    // Before the recording there is silence.
    this.base = this.centre - this.half + 1;
    this.held = new Float64Array(this.firstInput - this.base);
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
    const { half, up, down } = this;
    const width = 2 * half;
    const data = new Float64Array(this.held.length + input.length);
    data.set(this.held);
    data.set(input, this.held.length);
    const first = this.centre - half + 1 - this.base;
    // Output k starts at first + ⌊(phase + k · down) / up⌋ and must not pass the last input.
    const room = (data.length - width - first + 1) * up - this.phase;
    const count = Math.max(0, Math.ceil(room / down));
    const outputs = new Float32Array(count);
    for (let k = 0; k < Math.min(up, count); k++) {
      const position = this.phase + k * down;
      this.fillPhase(outputs, k, data, first + Math.floor(position / up), (position % up) * width);
    }
    const next = this.phase + count * down;
    const at = first + Math.floor(next / up);
    this.phase = next % up;
    this.centre = at + this.base + half - 1;
    const drop = Math.min(at, data.length);
    this.held = data.slice(drop);
    this.base += drop;
    return outputs;
  }

  /**
   * Every up-th output from `n`: those that share the taps from `row` on.
   * Four at a time, because one sum alone waits for each addition; every sum has the same order in both loops.
   */
  private fillPhase(outputs: Float32Array, n: number, data: Float64Array, at: number, row: number): void {
    const { up, down, taps } = this;
    const width = 2 * this.half;
    for (; n + 3 * up < outputs.length; n += 4 * up, at += 4 * down) {
      let even0 = 0;
      let even1 = 0;
      let even2 = 0;
      let even3 = 0;
      let odd0 = 0;
      let odd1 = 0;
      let odd2 = 0;
      let odd3 = 0;
      for (let i = 0, a = at, b = a + down, c = b + down, d = c + down; i < width; i += 2) {
        const even = taps[row + i]!;
        const odd = taps[row + i + 1]!;
        even0 += even * data[a++]!;
        odd0 += odd * data[a++]!;
        even1 += even * data[b++]!;
        odd1 += odd * data[b++]!;
        even2 += even * data[c++]!;
        odd2 += odd * data[c++]!;
        even3 += even * data[d++]!;
        odd3 += odd * data[d++]!;
      }
      outputs[n] = even0 + odd0;
      outputs[n + up] = even1 + odd1;
      outputs[n + 2 * up] = even2 + odd2;
      outputs[n + 3 * up] = even3 + odd3;
    }
    for (; n < outputs.length; n += up, at += down) {
      let even = 0;
      let odd = 0;
      for (let i = 0; i < width; i += 2) {
        even += taps[row + i]! * data[at + i]!;
        odd += taps[row + i + 1]! * data[at + i + 1]!;
      }
      outputs[n] = even + odd;
    }
  }
}

/** The last designs, because a folder's files mostly share one rate and an odd rate has thousands of phases. */
const designs = new Map<string, Float64Array>();
const keptDesigns = 4;

function tapsFor(up: number, half: number, cutoff: number): Float64Array {
  const key = `${up} ${half} ${cutoff}`;
  const taps = designs.get(key) ?? designTaps(up, half, cutoff);
  designs.delete(key);
  designs.set(key, taps);
  if (designs.size > keptDesigns) designs.delete(designs.keys().next().value!);
  return taps;
}

/** Taps of each phase, every phase scaled to a sum of one, so that a constant stays that constant. */
function designTaps(up: number, half: number, cutoff: number): Float64Array {
  const width = 2 * half;
  const taps = new Float64Array(up * width);
  for (let phase = 0; phase < up; phase++) {
    let sum = 0;
    for (let i = 0; i < width; i++) {
      const distance = phase / up + half - 1 - i;
      const tap = sinc(2 * cutoff * distance) * kaiser(distance / half);
      taps[phase * width + i] = tap;
      sum += tap;
    }
    for (let i = 0; i < width; i++) taps[phase * width + i]! /= sum;
  }
  return taps;
}

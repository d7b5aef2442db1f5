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
    const { half, up, taps, wholeStep, phaseStep } = this;
    const data = new Float64Array(this.held.length + input.length);
    data.set(this.held);
    data.set(input, this.held.length);
    const width = 2 * half;
    const last = data.length - width;
    const outputs = new Float32Array(Math.max(0, Math.ceil(((last + 2) * up) / this.down) + 1));
    let count = 0;
    let at = this.centre - half + 1 - this.base;
    let phase = this.phase;
    while (at <= last) {
      const row = phase * width;
      let even = 0;
      let odd = 0;
      for (let i = 0; i < width; i += 2) {
        even += taps[row + i]! * data[at + i]!;
        odd += taps[row + i + 1]! * data[at + i + 1]!;
      }
      outputs[count++] = even + odd;
      at += wholeStep;
      phase += phaseStep;
      if (phase >= up) {
        phase -= up;
        at++;
      }
    }
    this.phase = phase;
    this.centre = at + this.base + half - 1;
    const drop = Math.min(at, data.length);
    this.held = data.slice(drop);
    this.base += drop;
    return outputs.subarray(0, count);
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

/** A filter's sums, in WebAssembly (resampler.c): an instance for each, with its taps in its memory. */
import { aligned, Instance } from './instance.ts';

/** Numbers behind the inputs and the outputs that the sums may touch. */
const slack = 48;

/**
 * One filter. What it gives lies in its memory, until it takes something again: between `take` and the last use of what
 * came of it nothing else may be taken.
 */
export class ResampleKernel {
  private readonly instance = new Instance();
  private readonly taps = this.instance.start;
  private readonly input: number;
  private taken = 0;

  constructor(taps: Float32Array) {
    this.input = aligned(this.taps + taps.byteLength);
    this.instance.reserve(this.input);
    this.instance.floats(this.taps, taps.length).set(taps);
  }

  /** Takes inputs that follow each other. @returns how many there are */
  take(held: Float32Array, input: Float32Array): number {
    this.taken = held.length + input.length;
    this.instance.reserve(this.input + 4 * this.taken);
    const place = this.instance.floats(this.input, this.taken);
    place.set(held);
    place.set(input, held.length);
    return this.taken;
  }

  /** A copy of the inputs from one on. */
  from(first: number): Float32Array {
    return this.instance.floats(this.input, this.taken).slice(first);
  }

  /**
   * Sums of `width` inputs, a multiple of 4, with the taps [up][width]: that of output n begins `phase` + n · down
   * parts of 1 / up behind the input `first`. All of them must have been taken.
   */
  polyphase(first: number, count: number, { width, up, down, phase }: PolyphasePlace): Float32Array {
    const out = this.behindInput(count);
    this.instance.exports.polyphase(out, count, this.input + 4 * first, this.taps, width, up, down, phase);
    return this.instance.floats(out, count);
  }

  /** Outputs of the half-band filter with so many taps on each side: the first takes the first 4 · pairs − 1 inputs. */
  halfBand(count: number, pairs: number): Float32Array {
    const out = this.behindInput(2 * count + 2 * pairs);
    const outer = out + 4 * aligned(count + slack);
    this.instance.exports.half_band(out, count, this.input, outer, this.taps, pairs);
    return this.instance.floats(out, count);
  }

  /** Room for so many numbers, and some. @returns where */
  private behindInput(numbers: number): number {
    const at = aligned(this.input + 4 * (this.taken + slack));
    this.instance.reserve(at + 4 * numbers);
    return at;
  }
}

export interface PolyphasePlace {
  width: number;
  up: number;
  down: number;
  phase: number;
}

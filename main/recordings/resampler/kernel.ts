/** The resampler's WebAssembly (resampler.c): an instance for each filter, with its taps in its memory. */
import { readFileSync } from 'node:fs';
import { resources } from '../../resources.ts';

/** The part of the WebAssembly API used here: TypeScript keeps its types in the DOM library. */
interface WebAssemblyApi {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: unknown };
}

const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyApi };

/** Pointers are byte offsets into the memory. */
interface Exports {
  memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  heap_pointer(): number;
  polyphase(
    out: number,
    count: number,
    input: number,
    taps: number,
    width: number,
    up: number,
    down: number,
    phase: number,
  ): void;
  half_band(out: number, count: number, input: number, outer: number, taps: number, pairs: number): void;
}

let module: object | null = null;

/** Numbers behind the inputs and the outputs that the sums may touch. */
const slack = 48;
const pageBytes = 65_536;

const aligned = (at: number): number => (at + 15) & ~15;

/** One filter. Between `take` and the last call about what was taken nothing else may be taken. */
export class ResampleKernel {
  private readonly exports: Exports;
  private readonly taps: number;
  private readonly input: number;
  private taken = 0;

  constructor(taps: Float32Array) {
    module ??= new WebAssembly.Module(readFileSync(resources.resampler));
    this.exports = new WebAssembly.Instance(module, {}).exports as Exports;
    this.taps = aligned(this.exports.heap_pointer());
    this.input = aligned(this.taps + taps.byteLength);
    this.reserve(this.input);
    this.numbers(this.taps, taps.length).set(taps);
  }

  /** Takes inputs that follow each other. @returns how many there are */
  take(held: Float32Array, input: Float32Array): number {
    this.taken = held.length + input.length;
    this.reserve(this.input + 4 * this.taken);
    const place = this.numbers(this.input, this.taken);
    place.set(held);
    place.set(input, held.length);
    return this.taken;
  }

  /** A copy of the inputs from one on. */
  from(first: number): Float32Array {
    return this.numbers(this.input, this.taken).slice(first);
  }

  /**
   * Sums of `width` inputs, a multiple of 4, with the taps [up][width]: that of output n begins `phase` + n · down
   * parts of 1 / up behind the input `first`. All of them must have been taken.
   */
  polyphase(first: number, count: number, { width, up, down, phase }: PolyphasePlace): Float32Array {
    const out = this.behindInput(count);
    this.exports.polyphase(out, count, this.input + 4 * first, this.taps, width, up, down, phase);
    return this.numbers(out, count).slice();
  }

  /** Outputs of the half-band filter with so many taps on each side: the first takes the first 4 · pairs − 1 inputs. */
  halfBand(count: number, pairs: number): Float32Array {
    const out = this.behindInput(2 * count + 2 * pairs);
    const outer = out + 4 * aligned(count + slack);
    this.exports.half_band(out, count, this.input, outer, this.taps, pairs);
    return this.numbers(out, count).slice();
  }

  /** Room for so many numbers, and some. @returns where */
  private behindInput(numbers: number): number {
    const at = aligned(this.input + 4 * (this.taken + slack));
    this.reserve(at + 4 * numbers);
    return at;
  }

  /** Makes sure that there is memory up to some way behind `end`. */
  private reserve(end: number): void {
    const missing = end + 4 * 4 * slack - this.exports.memory.buffer.byteLength;
    if (missing > 0) this.exports.memory.grow(Math.ceil(missing / pageBytes));
  }

  private numbers(at: number, count: number): Float32Array {
    return new Float32Array(this.exports.memory.buffer, at, count);
  }
}

export interface PolyphasePlace {
  width: number;
  up: number;
  down: number;
  phase: number;
}

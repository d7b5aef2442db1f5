/** The WebAssembly of resampler.c and flac.c, and its memory. */
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
  from_int16(out: number, input: number, count: number, channels: number, channel: number): void;
  to_int16(out: number, input: number, count: number): void;
  flac_frame(
    out: number,
    count: number,
    bytes: number,
    length: number,
    header: number,
    depth: number,
    samples: number,
    words: number,
  ): number;
}

let module: object | null = null;

/** Bytes behind what is used that may be read and written. */
const slackBytes = 1024;
const pageBytes = 65_536;

export const aligned = (at: number): number => (at + 15) & ~15;

export class Instance {
  readonly exports: Exports;
  /** Where memory begins that is the caller's, a multiple of 16. */
  readonly start: number;

  constructor() {
    module ??= new WebAssembly.Module(readFileSync(resources.resampler));
    this.exports = new WebAssembly.Instance(module, {}).exports as Exports;
    this.start = aligned(this.exports.heap_pointer());
  }

  /** Makes sure that there is memory up to `end`, and some behind it. Views of before may be gone then. */
  reserve(end: number): void {
    const missing = end + slackBytes - this.exports.memory.buffer.byteLength;
    if (missing > 0) this.exports.memory.grow(Math.ceil(missing / pageBytes));
  }

  floats(at: number, count: number): Float32Array {
    return new Float32Array(this.exports.memory.buffer, at, count);
  }

  bytes(at: number, count: number): Uint8Array {
    return new Uint8Array(this.exports.memory.buffer, at, count);
  }

  int16s(at: number, count: number): Int16Array {
    return new Int16Array(this.exports.memory.buffer, at, count);
  }
}

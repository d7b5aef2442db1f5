/** What a board computes, as a function: the firmware's own core as WebAssembly. No board, no line, no Node API. */
import { CurlewError } from '../../main/contract/error.ts';
import { openEngine, type EngineExports } from './engine-exports.ts';

/** From a window's first sample to its last, and from frame to frame, in samples of 16 kHz. */
export const windowSamples = 15_600;
export const frameSamples = 160;
const framesOfWindow = 96;
const samplesOfFrame = 400;
const mostEncoders = 4;
/** Windows that are answered at once. */
const mostWindows = 64;
const widths = { embeddings: 512, logits: 64, probabilities: 64, gates: 8 } as const;

/** What is deployed to a board, as images without signatures. */
export interface EngineImages {
  /** Those that router and experts name, in any order; none where all take the log-mel's statistics. */
  encoders: readonly Uint8Array[];
  router: Uint8Array | null;
  /** One, or those that the router names, in its order. */
  experts: readonly Uint8Array[];
}

/** The answers to some windows of a stream, one after another. Arrays are the receiver's to keep. */
export interface WindowAnswers {
  /** Counted from 0. */
  firstWindow: number;
  windows: number;
  /** [windows][classes]; with a router the best experts' mixed by their gates. */
  logits: Float32Array;
  /** [windows][classes] */
  probabilities: Float32Array;
  /** [windows], nats. */
  entropy: Float32Array;
  /** [windows]: which expert answered; 0 without a router. */
  place: Uint8Array;
  /** [windows][experts]; empty without a router. */
  gate: Float32Array;
  /** [windows]; 0 without a router. */
  curiosity: Float32Array;
  /** [windows], of a cascade; else 0. */
  score: Float32Array;
  /** [windows]: bit i says that the bank's encoder i ran; the first is the router's, or that of the expert alone. */
  stages: Uint8Array;
  /** [windows][embeddingSize], of the first encoder; empty where they were not asked for. */
  embeddings: Float32Array;
}

export class Engine {
  readonly classes: number;
  readonly embeddingSize: number;
  /** Of a router; 0 without one. */
  readonly experts: number;
  /** Milliseconds so far, router and experts together. */
  readonly spent = { features: 0, encoder: 0, experts: 0 };
  /** The stream whose frames the engine holds. */
  private holder: EngineStream | null = null;

  private constructor(
    private readonly exports: EngineExports,
    images: EngineImages,
  ) {
    this.classes = exports.class_count();
    this.embeddingSize = exports.embedding_size();
    this.experts = images.router ? images.experts.length : 0;
  }

  /**
   * @param wasm the bytes of engine.wasm
   * @throws CurlewError IMAGE_BAD where an image is damaged, or they do not belong together; INTERNAL when the bytes are
   *   no build of the engine
   */
  static async load(wasm: Uint8Array, images: EngineImages): Promise<Engine> {
    const exports = await openEngine(wasm);
    const { encoders, router, experts } = images;
    if (encoders.length > mostEncoders) {
      throw new CurlewError(
        'IMAGE_BAD',
        `A bank has ${mostEncoders} encoders at most, and these are ${encoders.length}.`,
      );
    }
    let at = (exports.heap_pointer() + 15) & ~15;
    const places = Array.from({ length: mostEncoders }, (_, place) => encoders[place] ?? null);
    [...places, router, ...experts].forEach((image, place) => {
      if (!image) return;
      const missing = at + image.length - exports.memory.buffer.byteLength;
      if (missing > 0) exports.memory.grow(Math.ceil(missing / 65_536));
      new Uint8Array(exports.memory.buffer).set(image, at);
      exports.set_image(place, at, image.length);
      at = (at + image.length + 15) & ~15;
    });
    const problem = exports.open(experts.length);
    if (problem === -1) {
      const what = router ? 'The router and its experts' : 'The expert';
      throw new CurlewError('IMAGE_BAD', `${what} cannot run: damaged, or not made for each other.`);
    }
    if (problem !== 0) {
      throw new CurlewError(
        'IMAGE_BAD',
        'An encoder is damaged or missing, or not one that the experts were made for.',
      );
    }
    return new Engine(exports, images);
  }

  /**
   * A recording, or a part of one. An engine serves one stream at a time: a new one ends the one before.
   * @param hopFrames from window to window, in frames of 160 samples, 1 to 96
   * @param firstWindow the number of the window that begins at the first sample
   */
  stream(hopFrames: number, options: { firstWindow?: number; embeddings?: boolean } = {}): EngineStream {
    this.exports.start();
    this.holder = new EngineStream(this, this.exports, hopFrames, options);
    return this.holder;
  }

  /** @throws CurlewError INTERNAL */
  mustHold(stream: EngineStream): void {
    if (this.holder !== stream) throw new CurlewError('INTERNAL', 'The engine serves another stream by now.');
  }
}

/**
 * Windows of one stream of sound. The log-mel of a frame is computed once, however many windows share it and however
 * the samples are split.
 */
export class EngineStream {
  private readonly embeddings: boolean;
  private nextWindow: number;
  /** Samples that belong to no frame yet: fewer than 400, or gaps between windows. */
  private readonly held = new Int16Array(samplesOfFrame);
  private heldCount = 0;
  private frames = 0;

  constructor(
    private readonly engine: Engine,
    private readonly exports: EngineExports,
    private readonly hopFrames: number,
    { firstWindow = 0, embeddings = false }: { firstWindow?: number; embeddings?: boolean },
  ) {
    this.nextWindow = firstWindow;
    this.embeddings = embeddings;
  }

  /**
   * Answers every window that ends within the samples so far and was not answered before.
   * @param pcm 16 kHz mono, following what was pushed before
   * @throws CurlewError IMAGE_BAD where an expert's or the router's numbers overflow
   */
  *push(pcm: Int16Array): Generator<WindowAnswers> {
    this.engine.mustHold(this);
    const most = (mostWindows - 1) * this.hopFrames + framesOfWindow;
    for (let at = 0; at < pcm.length;) {
      const room = (most - this.frames - 1) * frameSamples + samplesOfFrame - this.heldCount;
      const piece = pcm.subarray(at, at + room);
      at += piece.length;
      this.hear(piece);
      const windows = Math.floor((this.frames - framesOfWindow) / this.hopFrames) + 1;
      if (windows > 0) yield this.answer(windows);
    }
  }

  /** Turns held and new samples into frames, and holds what is left. */
  private hear(piece: Int16Array): void {
    const { exports } = this;
    const total = this.heldCount + piece.length;
    const count = Math.max(0, Math.floor((total - samplesOfFrame) / frameSamples) + 1);
    if (count === 0) {
      this.held.set(piece, this.heldCount);
      this.heldCount = total;
      return;
    }
    const heard = new Int16Array(exports.memory.buffer, exports.pcm_pointer(), total);
    heard.set(this.held.subarray(0, this.heldCount));
    heard.set(piece, this.heldCount);
    const began = performance.now();
    if (exports.hear(count) !== 0)
      throw new CurlewError('INTERNAL', 'The engine has no room for so many frames.');
    this.engine.spent.features += performance.now() - began;
    this.frames += count;
    this.held.set(heard.subarray(count * frameSamples));
    this.heldCount = total - count * frameSamples;
  }

  private answer(windows: number): WindowAnswers {
    const { exports, engine, nextWindow } = this;
    const began = performance.now();
    exports.encode(windows, this.hopFrames);
    const encoded = performance.now();
    // A board's first inference after a start is number 1.
    const problem = exports.answer(windows, nextWindow + 1);
    engine.spent.encoder += encoded - began;
    engine.spent.experts += performance.now() - encoded;
    if (problem !== 0) {
      throw new CurlewError('IMAGE_BAD', 'Numbers of the expert or the router overflow on this sound.');
    }
    this.nextWindow += windows;
    this.frames -= windows * this.hopFrames;
    exports.forget(windows * this.hopFrames);
    const rows = (from: number, width: number, used: number) => this.rows(from, windows, width, used);
    const floats = (from: number) => this.rows(from, windows, 1, 1);
    return {
      firstWindow: nextWindow,
      windows,
      logits: rows(exports.logits_pointer(), widths.logits, engine.classes),
      probabilities: rows(exports.probabilities_pointer(), widths.probabilities, engine.classes),
      entropy: floats(exports.entropies_pointer()),
      place: new Uint8Array(exports.memory.buffer, exports.places_pointer(), windows).slice(),
      gate: rows(exports.gates_pointer(), widths.gates, engine.experts),
      curiosity: floats(exports.curiosities_pointer()),
      score: floats(exports.scores_pointer()),
      stages: new Uint8Array(exports.memory.buffer, exports.stages_pointer(), windows).slice(),
      embeddings: rows(
        exports.embeddings_pointer(),
        widths.embeddings,
        this.embeddings ? engine.embeddingSize : 0,
      ),
    };
  }

  /** The first `used` of each row of `width`. */
  private rows(from: number, count: number, width: number, used: number): Float32Array {
    const all = new Float32Array(this.exports.memory.buffer, from, count * width);
    const out = new Float32Array(count * used);
    for (let i = 0; i < count; i++) out.set(all.subarray(i * width, i * width + used), i * used);
    return out;
  }
}

/** What answers windows in a classification worker: boards' experts by the engine, or a model of the person's own. */
import { Engine, type EngineImages, type EngineStream } from '../../../devices/engine/engine.ts';
import { entropy } from '../../../models/evaluation/probability.ts';
import { frontEnd } from '../../../models/features/log-mel.ts';
import { openModel, type OpenModel } from '../../own-models/open-model.ts';
import { readGraphs, readRecord } from '../../own-models/stored-model.ts';
import { toInt16 } from '../../recordings/pcm16k.ts';
import type { Grid } from './contract/grid.ts';
import { Silence } from './silence.ts';
import type { Windows } from './windows.ts';

/** The windows of one part of a recording, in order. */
export interface AnswerStream {
  /** Time that the model took so far. */
  readonly modelMs: number;
  /** @param sound that follows, at the grid's rate @returns the windows that it completes, some at a time */
  push(sound: Float32Array): Promise<Windows[]>;
  /** Those that were held back; nothing follows. */
  end(): Promise<Windows[]>;
}

export interface Answerer {
  readonly classes: number;
  /** @param fromWindow counted from the recording's beginning; the sound begins with it */
  begin(grid: Grid, fromWindow: number): AnswerStream;
}

export type ModelInput =
  /** Of engine.wasm, and what would be deployed to a board. */
  | { kind: 'engine'; wasm: Uint8Array; images: EngineImages }
  /** A model of the person's own, where it lies. */
  | { kind: 'own'; folder: string };

/** @throws CurlewError as Engine.load, readRecord, readGraphs and openModel */
export async function openAnswerer(input: ModelInput): Promise<Answerer> {
  if (input.kind === 'engine') {
    const engine = await Engine.load(input.wasm, input.images);
    return {
      classes: engine.classes,
      begin: (grid, fromWindow) => new BoardAnswers(engine, grid, fromWindow),
    };
  }
  const record = await readRecord(input.folder);
  const model = await openModel(await readGraphs(input.folder, record), record.description);
  return {
    classes: record.description.labels.length,
    begin: (grid) => new OwnAnswers(model, record.check.batch, grid),
  };
}

class BoardAnswers implements AnswerStream {
  modelMs = 0;
  private readonly stream: EngineStream;
  private readonly silence: Silence;

  constructor(engine: Engine, { hopSamples }: Grid, fromWindow: number) {
    const hopFrames = hopSamples / frontEnd.frameHop;
    this.stream = engine.stream(hopFrames, { firstWindow: fromWindow });
    this.silence = new Silence(hopFrames);
  }

  async push(sound: Float32Array): Promise<Windows[]> {
    const pcm = toInt16(sound);
    this.silence.push(pcm);
    const ready: Windows[] = [];
    const began = performance.now();
    for (const { windows: count, probabilities, place, curiosity, entropy } of this.stream.push(pcm))
      ready.push({ count, probabilities, place, curiosity, entropy, heard: this.silence.take(count) });
    this.modelMs += performance.now() - began;
    return ready;
  }

  async end(): Promise<Windows[]> {
    return [];
  }
}

class OwnAnswers implements AnswerStream {
  modelMs = 0;
  /** From the next window's first sample on. */
  private held = new Float32Array(0);
  /** Samples between two windows that belong to none, still to come. */
  private skip = 0;

  constructor(
    private readonly model: OpenModel,
    /** Always so many at once but at a part's end: how many never depends on how the sound comes. */
    private readonly batch: number,
    private readonly grid: Grid,
  ) {}

  async push(sound: Float32Array): Promise<Windows[]> {
    const passed = Math.min(this.skip, sound.length);
    this.skip -= passed;
    const all = new Float32Array(this.held.length + sound.length - passed);
    all.set(this.held);
    all.set(sound.subarray(passed), this.held.length);
    this.held = all;
    const { windowSamples, hopSamples } = this.grid;
    const ready: Windows[] = [];
    while (this.held.length >= (this.batch - 1) * hopSamples + windowSamples)
      ready.push(await this.answer(this.batch));
    return ready;
  }

  async end(): Promise<Windows[]> {
    const { windowSamples, hopSamples } = this.grid;
    const left =
      this.held.length < windowSamples ? 0 : Math.floor((this.held.length - windowSamples) / hopSamples) + 1;
    return left === 0 ? [] : [await this.answer(left)];
  }

  private async answer(count: number): Promise<Windows> {
    const { windowSamples, hopSamples } = this.grid;
    const pcm = new Float32Array(count * windowSamples);
    const heard = new Uint8Array(count);
    for (let i = 0; i < count; i++) {
      const window = this.held.subarray(i * hopSamples, i * hopSamples + windowSamples);
      pcm.set(window, i * windowSamples);
      heard[i] = window.some((sample) => sample !== 0) ? 1 : 0;
    }
    const gone = count * hopSamples;
    this.skip = Math.max(0, gone - this.held.length);
    this.held = this.held.slice(gone);
    const began = performance.now();
    const { probabilities } = await this.model.run(pcm, count, count);
    this.modelMs += performance.now() - began;
    const place = new Uint8Array(count);
    const curiosity = new Float32Array(count);
    return { count, probabilities, place, curiosity, entropy: this.entropies(probabilities, count), heard };
  }

  /** Nats a window; where each class stands by itself, the sum of the classes' own. */
  private entropies(probabilities: Float32Array, count: number): Float32Array {
    const { labels, output } = this.model.description;
    return Float32Array.from({ length: count }, (_, i) => {
      const ofWindow = probabilities.subarray(i * labels.length, (i + 1) * labels.length);
      return output.activation === 'softmax'
        ? entropy(ofWindow)
        : ofWindow.reduce((sum, p) => sum + entropy([p, 1 - p]), 0);
    });
  }
}

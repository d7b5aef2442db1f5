/** A model of the person's own in ONNX Runtime: windows in, probabilities out. Knows nothing of the lab; runs in a thread. */
import * as ort from 'onnxruntime-web';
import { frontEndModel } from '../../models/features/front-end.ts';
import { frontEnd, patchSamples } from '../../models/features/log-mel.ts';
import { CurlewError } from '../contract/error.ts';
import type { OwnModelDescription } from './contract.ts';
import { unfit } from './describe.ts';
import type { Graphs } from './stored-model.ts';

export interface OwnAnswers {
  /** What the graph gave, [windows][classes]. */
  raw: Float32Array;
  /** [windows][classes], 0 to 1. */
  probabilities: Float32Array;
  /** [windows][size]; null where the model has none. */
  embeddings: Float32Array | null;
}

export interface OpenModel {
  readonly description: OwnModelDescription;
  /**
   * @param pcm [windows][windowSamples] at the model's rate, floats of −1 … 1
   * @param batch windows that are answered at once; 1 where the graph takes one
   * @throws CurlewError MODEL_UNFIT where its outputs are not what the description says, or it cannot run
   */
  run(pcm: Float32Array, windows: number, batch: number): Promise<OwnAnswers>;
  release(): Promise<void>;
}

/** @throws CurlewError MODEL_UNFIT where ONNX Runtime does not run such a graph */
export async function openModel(
  { model: onnx, head }: Graphs,
  description: OwnModelDescription,
): Promise<OpenModel> {
  // As many models as cores run beside each other: one thread each.
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(onnx, {
    executionProviders: ['wasm'],
    logSeverityLevel: 4,
  }).catch((cause: unknown) => {
    throw cannotRun('open', cause);
  });
  const front =
    description.input.kind === 'log-mel' ? await ort.InferenceSession.create(frontEndModel()) : null;
  const behind = head === null ? null : await ort.InferenceSession.create(head);
  return new Model(session, front, behind, description);
}

class Model implements OpenModel {
  constructor(
    private readonly session: ort.InferenceSession,
    private readonly front: ort.InferenceSession | null,
    private readonly head: ort.InferenceSession | null,
    readonly description: OwnModelDescription,
  ) {}

  async run(pcm: Float32Array, windows: number, batch: number): Promise<OwnAnswers> {
    const { windowSamples, labels } = this.description;
    const raw = new Float32Array(windows * labels.length);
    let embeddings: Float32Array | null = null;
    for (let at = 0; at < windows; at += batch) {
      const count = Math.min(batch, windows - at);
      const some = pcm.subarray(at * windowSamples, (at + count) * windowSamples);
      const answers = await this.some(await this.inputOf(some, count), count);
      raw.set(answers.raw, at * labels.length);
      if (answers.embedding) {
        const size = answers.embedding.length / count;
        embeddings ??= new Float32Array(windows * size);
        if (embeddings.length !== windows * size) throw unfit('its embedding is not always as long');
        embeddings.set(answers.embedding, at * size);
      }
    }
    return { raw, probabilities: probabilitiesOf(raw, this.description), embeddings };
  }

  async release(): Promise<void> {
    await this.session.release();
    await this.front?.release();
    await this.head?.release();
  }

  private async some(
    input: ort.Tensor,
    count: number,
  ): Promise<{ raw: Float32Array; embedding: Float32Array | null }> {
    const { input: takes, output, embedding, labels } = this.description;
    const behind = this.head === null ? [output.name] : [];
    const wanted = embedding === null ? behind : [...behind, embedding];
    let results: ort.InferenceSession.OnnxValueMapType;
    try {
      results = await this.session.run({ [takes.name]: input }, wanted);
    } catch (cause) {
      throw cannotRun(`answer ${count === 1 ? 'a window' : `${count} windows at once`}`, cause);
    }
    const embedded = embedding === null ? null : floatsOf(results[embedding]!, embedding);
    const raw =
      this.head === null
        ? floatsOf(results[output.name]!, output.name)
        : await this.headOf(this.head, embedded!, count);
    if (raw.length !== count * labels.length) {
      throw unfit(
        `its output “${output.name}” has ${raw.length / count} numbers a window, and there are ${labels.length} labels`,
      );
    }
    return { raw, embedding: embedded };
  }

  private async headOf(
    head: ort.InferenceSession,
    embeddings: Float32Array,
    count: number,
  ): Promise<Float32Array> {
    const heard = new ort.Tensor('float32', embeddings, [count, embeddings.length / count]);
    const { logits } = await head.run({ embedding: heard }, ['logits']).catch((cause: unknown) => {
      throw cannotRun('run the expert behind the embedding', cause);
    });
    return floatsOf(logits!, 'logits');
  }

  /** @param pcm [count][windowSamples] */
  private async inputOf(pcm: Float32Array, count: number): Promise<ort.Tensor> {
    const { input } = this.description;
    const shape = input.batch === null ? input.shape : [count, ...input.shape];
    if (this.front) return new ort.Tensor('float32', await this.logMelOf(this.front, pcm, count), shape);
    if (input.type === 'int16') {
      const most = 32_767;
      const clamped = (sample: number) =>
        Math.max(-most - 1, Math.min(most, Math.round(sample * input.scale)));
      return new ort.Tensor('int16', Int16Array.from(pcm, clamped), shape);
    }
    const scaled = input.scale === 1 ? pcm.slice() : pcm.map((sample) => sample * input.scale);
    return new ort.Tensor('float32', scaled, shape);
  }

  /** [count][96][64], each window by itself. */
  private async logMelOf(
    front: ort.InferenceSession,
    pcm: Float32Array,
    count: number,
  ): Promise<Float32Array> {
    const numbers = frontEnd.patchFrames * frontEnd.melBands;
    const all = new Float32Array(count * numbers);
    for (let window = 0; window < count; window++) {
      const heard = pcm.slice(window * patchSamples, (window + 1) * patchSamples);
      const { log_mel: logMel } = await front.run({ pcm: new ort.Tensor('float32', heard, [heard.length]) }, [
        'log_mel',
      ]);
      all.set((logMel!.data as Float32Array).subarray(0, numbers), window * numbers);
    }
    return all;
  }
}

function floatsOf(value: ort.OnnxValue, name: string): Float32Array {
  const tensor = value as ort.Tensor;
  if (tensor.type === 'float32') return tensor.data as Float32Array;
  throw unfit(`its output “${name}” is of type ${tensor.type}; float32 is expected`);
}

/** @param raw [windows][classes] */
export function probabilitiesOf(raw: Float32Array, { output, labels }: OwnModelDescription): Float32Array {
  if (output.values === 'probabilities') return raw.map((p) => Math.max(0, Math.min(1, p)));
  if (output.activation === 'sigmoid') return raw.map((x) => 1 / (1 + Math.exp(-x)));
  const probabilities = new Float32Array(raw.length);
  for (let from = 0; from < raw.length; from += labels.length) {
    const logits = raw.subarray(from, from + labels.length);
    const top = logits.reduce((most, x) => Math.max(most, x), -Infinity);
    const powers = Float64Array.from(logits, (x) => Math.exp(x - top));
    const sum = powers.reduce((total, power) => total + power, 0);
    powers.forEach((power, c) => (probabilities[from + c] = power / sum));
  }
  return probabilities;
}

/** ONNX Runtime's own words tell which operator, or which shape, it is. */
function cannotRun(what: string, cause: unknown): CurlewError {
  const why = (cause instanceof Error ? cause.message : String(cause)).replace(/\s+/g, ' ').slice(0, 400);
  return new CurlewError(
    'MODEL_UNFIT',
    `This model cannot be used: ONNX Runtime cannot ${what}: ${why}`,
    {},
    { cause },
  );
}

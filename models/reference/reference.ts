import { patchSamples } from '../features/log-mel.ts';

/**
 * What is needed of ONNX Runtime Web, passed in by the caller: plain `onnxruntime-web` in Node,
 * `onnxruntime-web/wasm` in a page.
 */
export type Runtime = Pick<typeof import('onnxruntime-web'), 'InferenceSession' | 'Tensor' | 'env'>;

export interface ReferenceResult {
  readonly patches: number;
  readonly classes: number;
  /** [patches][classes], row-major */
  readonly logits: Float32Array;
}

export interface ReferenceFeatures extends ReferenceResult {
  readonly frames: number;
  /** [frames][64] */
  readonly logMel: Float32Array;
  /** [patches][384] */
  readonly embedding: Float32Array;
}

export interface Reference {
  /**
   * @param pcm 16 kHz samples in [-1, 1), at least 15,600; patches follow every 7,680
   * @throws RangeError if there are fewer samples than one patch takes
   */
  run(pcm: Float32Array): Promise<ReferenceResult>;
  /** The same with everything on the way to the logits. */
  runWithFeatures(pcm: Float32Array): Promise<ReferenceFeatures>;
  /** Frees the session's memory; the reference cannot be used afterwards. */
  release(): Promise<void>;
}

/**
 * Opens a reference graph (models/experts). One thread: on small graphs more only add variance.
 * @param model an ONNX file, quantized or float
 */
export async function createReference(runtime: Runtime, model: Uint8Array): Promise<Reference> {
  runtime.env.wasm.numThreads = 1;
  const session = await runtime.InferenceSession.create(model, { executionProviders: ['wasm'] });

  const fetch = async (pcm: Float32Array, outputs: readonly string[]) => {
    if (pcm.length < patchSamples) {
      throw new RangeError(
        `${pcm.length} samples are too few: one window takes ${patchSamples} (0.975 s at 16 kHz)`,
      );
    }
    const results = await session.run({ pcm: new runtime.Tensor('float32', pcm, [pcm.length]) }, outputs);
    return (name: string) => {
      const { data, dims } = results[name]!;
      return { data: data as Float32Array, rows: dims[0]!, columns: dims[1]! };
    };
  };

  return {
    async run(pcm) {
      const { data, rows, columns } = (await fetch(pcm, ['logits']))('logits');
      return { patches: rows, classes: columns, logits: data };
    },
    async runWithFeatures(pcm) {
      const output = await fetch(pcm, ['logits', 'log_mel', 'embedding']);
      const logits = output('logits');
      const logMel = output('log_mel');
      return {
        patches: logits.rows,
        classes: logits.columns,
        logits: logits.data,
        frames: logMel.rows,
        logMel: logMel.data,
        embedding: output('embedding').data,
      };
    },
    release: () => session.release(),
  };
}

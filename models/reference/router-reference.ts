/** What a board's router is held against: the same draws from the references' embeddings, quantized and in float. */
import { CurlewError } from '../../main/contract/error.ts';
import { restoreRouter } from '../bank/store-router.ts';
import { readRouter } from '../packing/read.ts';
import { decide, type Decided, type Heard } from '../router/decide.ts';

export interface RouterReference {
  /** Experts that answer together. */
  readonly topK: number;
  /**
   * @param heard of the quantized reference: the first expert's `embedding` output and logits
   * @param inferenceId of the board's answer: with the router's seed it gives the same dropout masks
   */
  quantized(heard: Heard, inferenceId: number): Decided;
  /** The same with the router's weights before quantization. @param heard of the float reference */
  float(heard: Heard, inferenceId: number): Decided;
}

/** A router's files in its bank. */
export interface RouterFiles {
  readonly image: Uint8Array;
  readonly 'router.json': Uint8Array;
  readonly 'weights.f32': Uint8Array;
}

/** @throws CurlewError IMAGE_BAD, IMAGE_HASH, FILE_DAMAGED where a file is not what its name says */
export function routerReference(files: RouterFiles): RouterReference {
  const { router } = readRouter(files.image);
  const { expert, prior } = restoreRouter(jsonOf(files['router.json']), files['weights.f32']);
  const { routing, cascade } = router;
  const float = { ...expert, prior, routing, ...(cascade ? { cascade } : {}) };
  return {
    topK: routing.topK,
    quantized: (heard, inferenceId) => decide(router, heard, inferenceId),
    float: (heard, inferenceId) => decide(float, heard, inferenceId),
  };
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch (cause) {
    throw new CurlewError(
      'FILE_DAMAGED',
      'The router.json is not JSON. Fetch the bank again.',
      {},
      { cause },
    );
  }
}

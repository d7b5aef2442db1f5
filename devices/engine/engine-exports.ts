/** The engine's WebAssembly build (devices/firmware/ports/engine/port.c) with its memory. */
import { CurlewError } from '../../main/contract/error.ts';

/** The part of the WebAssembly API used here: TypeScript keeps its types in the DOM library. */
interface WebAssemblyApi {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: unknown } }>;
}

const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyApi };

/** Pointers are byte offsets into the memory. */
export interface EngineExports {
  memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  heap_pointer(): number;
  set_image(place: number, at: number, bytes: number): void;
  open(experts: number): number;
  class_count(): number;
  embedding_size(): number;
  pcm_pointer(): number;
  start(): void;
  hear(frames: number): number;
  forget(frames: number): void;
  encode(windows: number, hop: number): void;
  answer(windows: number, inference: number): number;
  embeddings_pointer(): number;
  logits_pointer(): number;
  probabilities_pointer(): number;
  gates_pointer(): number;
  entropies_pointer(): number;
  curiosities_pointer(): number;
  scores_pointer(): number;
  places_pointer(): number;
  stages_pointer(): number;
}

/** @throws CurlewError INTERNAL when the bytes are no build of the engine */
export async function openEngine(wasm: Uint8Array): Promise<EngineExports> {
  try {
    return (await WebAssembly.instantiate(wasm, {})).instance.exports as EngineExports;
  } catch (thrown) {
    throw new CurlewError(
      'INTERNAL',
      `The engine cannot be loaded: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
      { bytes: wasm.length },
      { cause: thrown },
    );
  }
}

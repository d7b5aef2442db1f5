import { Engine, type EngineImages } from '../../../devices/engine/engine.ts';
import { argmax } from '../../../models/evaluation/probability.ts';

/** Frames from window to window; here each window is a stream of its own. */
const anyHop = 48;

/**
 * What the firmware's core answers to windows, in a background thread.
 * @param windows 15,600 samples each @returns the likeliest class of each @throws CurlewError as Engine.load, and `push`
 */
export async function referenceAnswers(
  wasm: Uint8Array,
  images: EngineImages,
  windows: readonly Int16Array[],
): Promise<number[]> {
  const engine = await Engine.load(wasm, images);
  return windows.map((pcm) => {
    const answers = [...engine.stream(anyHop).push(pcm)];
    return argmax(answers[0]!.probabilities);
  });
}

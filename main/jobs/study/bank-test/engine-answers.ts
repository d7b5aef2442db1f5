/** What a bank's experts say of recordings, by the engine: the firmware's own core, bit for bit as a board answers. */
import { Engine } from '../../../../devices/engine/engine.ts';
import { patchHopSamples, frontEnd } from '../../../../models/features/log-mel.ts';
import type { Patches } from '../../../../models/study/answers.ts';
import type { SaidInput } from '../../../../models/study/assess.ts';
import type { Dataset, EmbeddedDataset } from '../../../datasets/dataset.ts';
import { embedDataset } from '../../../datasets/embed-dataset.ts';
import { toInt16 } from '../../../recordings/pcm16k.ts';
import { sha256Of } from '../../../sha256.ts';
import { concatenate } from '../../../recordings/concatenate.ts';
import type { TestedExpert } from './bank-members.ts';

const hopFrames = patchHopSamples / frontEnd.frameHop;

export interface EngineAnswers {
  /** What is wrong with the recordings is among its problems. */
  readonly heard: EmbeddedDataset;
  /** With the embeddings that the engine's encoder gave. */
  readonly test: Patches;
  readonly said: SaidInput['experts'];
}

export interface AnswerOptions {
  readonly wasm: Uint8Array;
  readonly cacheFolder: string;
  /** What was answered stays in the cache, for whoever goes on later. */
  pausePoint(): Promise<void>;
  /** Share of the clips done. */
  onProgress(share: number): void;
}

/**
 * @param experts of one bank, all with the same encoder
 * @param classes how many they know
 * @throws CurlewError IMAGE_BAD where they do not belong together; ABORTED
 */
export async function engineAnswers(
  dataset: Dataset,
  experts: readonly TestedExpert[],
  classes: number,
  { wasm, cacheFolder, pausePoint, onProgress }: AnswerOptions,
): Promise<EngineAnswers> {
  const engines: Engine[] = [];
  for (const { images } of experts) engines.push(await Engine.load(wasm, images));
  const size = engines[0]!.embeddingSize;
  const width = size + engines.length * classes;
  const heard = await embedDataset(dataset, {
    identity: `engine ${[wasm, ...experts.flatMap(({ images }) => [images.encoders[0] ?? new Uint8Array(), ...images.experts])].map(sha256Of).join(' ')}`,

    cacheFolder,
    onProgress: (done) => onProgress(done / dataset.clips.length),
    async embed(pcm) {
      await pausePoint();
      const samples = toInt16(pcm);
      const parts = engines.map((engine, i) => answersOf(engine, samples, i === 0));
      const patches = parts[0]!.logits.length / classes;
      const rows = new Float32Array(patches * width);
      for (let patch = 0; patch < patches; patch++) {
        rows.set(parts[0]!.embeddings.subarray(patch * size, (patch + 1) * size), patch * width);
        parts.forEach(({ logits }, i) =>
          rows.set(
            logits.subarray(patch * classes, (patch + 1) * classes),
            patch * width + size + i * classes,
          ),
        );
      }
      return { embeddings: rows, patches };
    },
  });
  const rows = concatenate(heard.clips.map(({ embeddings }) => embeddings));
  const columns = (from: number, count: number): Float32Array => {
    const out = new Float32Array((rows.length / width) * count);
    for (let at = 0, row = from; row < rows.length; row += width, at += count)
      out.set(rows.subarray(row, row + count), at);
    return out;
  };
  return {
    heard,
    test: {
      clips: heard.clips.map(({ name, source, fold, label, patches }) => ({
        ...{ name, source, fold, label, patches },
      })),
      embeddings: columns(0, size),
      size,
    },
    said: experts.map(({ kind }, i) => ({
      kind: kind.id,
      test: columns(size + i * classes, classes),
      validation: null,
    })),
  };
}

function answersOf(
  engine: Engine,
  samples: Int16Array,
  embeddings: boolean,
): { logits: Float32Array; embeddings: Float32Array } {
  const answers = [...engine.stream(hopFrames, { embeddings }).push(samples)];
  return {
    logits: concatenate(answers.map(({ logits }) => logits)),
    embeddings: concatenate(answers.map((one) => one.embeddings)),
  };
}

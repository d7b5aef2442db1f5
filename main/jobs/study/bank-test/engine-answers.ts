/** What a bank's experts say of recordings, by the engine: the firmware's own core, bit for bit as a board answers. */
import { Engine, type EngineImages } from '../../../../devices/engine/engine.ts';
import type { DegradationKind } from '../../../../models/augmentation/degrade.ts';
import { patchHopSamples, frontEnd } from '../../../../models/features/log-mel.ts';
import type { Patches } from '../../../../models/study/answers.ts';
import type { HardTest } from '../../../../models/study/hard.ts';
import { asBoards } from '../../../datasets/audio.ts';
import type { Dataset, EmbeddedDataset } from '../../../datasets/dataset.ts';
import { embedDataset } from '../../../datasets/embed-dataset.ts';
import type { RememberedAudio } from '../../../datasets/remembered-audio.ts';
import { toInt16 } from '../../../recordings/pcm16k.ts';
import { sha256Of } from '../../../sha256.ts';
import { concatenate } from '../../../recordings/concatenate.ts';
import { hardClips } from '../hard-clips.ts';

const hopFrames = patchHopSamples / frontEnd.frameHop;

/** Of the same clips in the same order. */
export interface Said {
  /** With the embeddings that the first expert's encoder gave. */
  readonly test: Patches;
  /** [expert][windows · classes] logits */
  readonly logits: readonly Float32Array[];
}

export interface EngineAnswers extends Said {
  /** What is wrong with the recordings is among its problems. */
  readonly heard: EmbeddedDataset;
  /** Of the clips made harder, one way after the other. */
  readonly hard: readonly (Said & Pick<HardTest, 'degradation'>)[];
}

export interface AnswerOptions {
  readonly wasm: Uint8Array;
  readonly cacheFolder: string;
  readonly audio: RememberedAudio;
  /** How clips are made harder, to be answered once more. */
  readonly hard: readonly DegradationKind[];
  readonly signal: AbortSignal;
  /** What was answered stays in the cache, for whoever goes on later. */
  pausePoint(): Promise<void>;
  /** Share of the clips done. */
  onProgress(share: number): void;
}

/** Of what is answered, clips as they were recorded. */
const plainShare = (hard: AnswerOptions['hard']): number => (hard.length === 0 ? 1 : 0.2);

/**
 * @param dataset of one fold
 * @param experts themselves and their encoders, as a board is given them
 * @param classes how many they know
 * @throws CurlewError IMAGE_BAD where they do not belong together; ABORTED
 */
export async function engineAnswers(
  dataset: Dataset,
  experts: readonly EngineImages[],
  classes: number,
  { wasm, pausePoint, onProgress, hard: kinds, ...hearing }: AnswerOptions,
): Promise<EngineAnswers> {
  const engines: Engine[] = [];
  for (const images of experts) engines.push(await Engine.load(wasm, images));
  const size = engines[0]!.embeddingSize;
  const common = {
    ...hearing,
    identity: `engine ${[wasm, ...experts.flatMap((images) => [images.encoders[0] ?? new Uint8Array(), ...images.experts])].map(sha256Of).join(' ')}`,
    async embed(pcm: Float32Array) {
      await pausePoint();
      return rowsOf(engines, toInt16(pcm), classes);
    },
  };
  const plain = plainShare(kinds);
  const heard = await embedDataset(dataset, {
    ...common,
    onProgress: (done) => onProgress((plain * done) / dataset.clips.length),
  });
  const harder = await hardClips(heard, dataset.folds[0]!, kinds, {
    ...{ ...common, hearing: asBoards },
    onProgress: (share) => onProgress(plain + (1 - plain) * share),
  });
  const clips = heard.clips.map(({ name, source, fold, label, patches }) => ({
    ...{ name, source, fold, label, patches },
  }));
  const rows = concatenate(heard.clips.map(({ embeddings }) => embeddings));
  const shape = { size, classes, experts: engines.length };
  return {
    heard,
    ...saidIn(rows, clips, shape),
    hard: harder.map(({ degradation, test }) => ({
      degradation,
      ...saidIn(test.embeddings, test.clips, shape),
    })),
  };
}

/** A row for each window: the first engine's embedding, then every engine's logits. */
function rowsOf(
  engines: readonly Engine[],
  samples: Int16Array,
  classes: number,
): { embeddings: Float32Array; patches: number } {
  const size = engines[0]!.embeddingSize;
  const width = size + engines.length * classes;
  const parts = engines.map((engine, i) => answersOf(engine, samples, i === 0));
  const patches = parts[0]!.logits.length / classes;
  const rows = new Float32Array(patches * width);
  for (let patch = 0; patch < patches; patch++) {
    rows.set(parts[0]!.embeddings.subarray(patch * size, (patch + 1) * size), patch * width);
    parts.forEach(({ logits }, i) =>
      rows.set(logits.subarray(patch * classes, (patch + 1) * classes), patch * width + size + i * classes),
    );
  }
  return { embeddings: rows, patches };
}

function saidIn(
  rows: Float32Array,
  clips: Patches['clips'],
  { size, classes, experts }: { size: number; classes: number; experts: number },
): Said {
  const width = size + experts * classes;
  const columns = (from: number, count: number): Float32Array => {
    const out = new Float32Array((rows.length / width) * count);
    for (let at = 0, row = from; row < rows.length; row += width, at += count)
      out.set(rows.subarray(row, row + count), at);
    return out;
  };
  return {
    test: { clips, embeddings: columns(0, size), size },
    logits: Array.from({ length: experts }, (_, i) => columns(size + i * classes, classes)),
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

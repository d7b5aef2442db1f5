/** The embedding of a model of the person's own, of the windows of a clip. Runs in a thread. */
import { openModel } from './open-model.ts';
import { readGraphs, readRecord } from './stored-model.ts';

export interface OwnEmbedding {
  /**
   * @param pcm at the model's rate, one window at least
   * @returns [windows][size], of all whole windows, a hop apart
   */
  embed(pcm: Float32Array): Promise<{ embeddings: Float32Array; windows: number }>;
  release(): Promise<void>;
}

/** @param folder of a model that has an embedding @throws CurlewError as readRecord, readGraphs and openModel */
export async function openOwnEmbedding(folder: string): Promise<OwnEmbedding> {
  const record = await readRecord(folder);
  const model = await openModel(await readGraphs(folder, record), record.description);
  const { windowSamples, hopSamples } = record.description;
  return {
    async embed(pcm) {
      const windows = Math.floor((pcm.length - windowSamples) / hopSamples) + 1;
      const all = new Float32Array(windows * windowSamples);
      for (let i = 0; i < windows; i++)
        all.set(pcm.subarray(i * hopSamples, i * hopSamples + windowSamples), i * windowSamples);
      const { embeddings } = await model.run(all, windows, record.check.batch);
      return { embeddings: embeddings!, windows };
    },
    release: () => model.release(),
  };
}

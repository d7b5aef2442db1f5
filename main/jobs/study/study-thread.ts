import { readFile } from 'node:fs/promises';
import type { BuiltEncoder } from '../../../models/bank/build.ts';
import { encoderModel, frontEndModel } from '../../../models/features/front-end.ts';
import type { FoldInput, FoldOutcome } from '../../../models/study/assess.ts';
import type { CascadeSummary } from '../../../models/report/results.ts';
import type { CascadeTraining, TrainedCascade } from '../../../models/study/cascade-fold.ts';
import type { CascadeInput } from '../../../models/study/cascade-summary.ts';
import type { StudyInput, Summary } from '../../../models/study/summarise.ts';
import { throwIfAborted } from '../../recordings/file.ts';
import { resources } from '../../resources.ts';
import { WorkerThread } from '../../threads/worker-thread.ts';
import { startWorker } from '../../threads/worker-url.ts';
import { imagesToEmbedWith } from './board-embedding.ts';
import type { Rendering } from './renderings.ts';
import type { StudyReply, StudyRequest } from './study-messages.ts';

/**
 * The lab's side of the study worker: one request at a time; an abort ends the thread at once. Every method throws
 * CurlewError: what the worker met, INTERNAL when it crashed, ABORTED.
 */
export class StudyThread {
  private readonly thread: WorkerThread<StudyRequest, StudyReply>;

  constructor(signal: AbortSignal) {
    throwIfAborted(signal);
    this.thread = new WorkerThread(startWorker('study-worker', import.meta.url, {}), 'study', signal);
  }

  /** @param encoder null: the log-mel's statistics */
  async open(encoder: BuiltEncoder | null): Promise<void> {
    const by = encoder?.quantized ?? null;
    const graphs = { frontEnd: frontEndModel(undefined, by), encoder: encoderModel(undefined, by) };
    const wasm = await readFile(resources.engine);
    await this.thread.ask({ type: 'open', wasm, images: imagesToEmbedWith(encoder), ...graphs }, 'opened');
  }

  /** @param folder of a model of the person's own that has an embedding */
  async openOwn(folder: string): Promise<void> {
    await this.thread.ask({ type: 'openOwn', folder }, 'opened');
  }

  /** @returns [patches][size] of every rendering, one after the other */
  embed(
    pcm: Float32Array,
    renderings: readonly Rendering[],
  ): Promise<{ embeddings: Float32Array; patches: number }> {
    return this.thread.ask({ type: 'embed', pcm, renderings }, 'embedded');
  }

  /** @param logMel 96 frames of 64 bands @returns as `embed`, of the renderings that need no sound: as it is, and masked */
  embedLogMel(
    logMel: Float32Array,
    renderings: readonly Rendering[],
  ): Promise<{ embeddings: Float32Array; patches: number }> {
    return this.thread.ask({ type: 'embedLogMel', logMel, renderings }, 'embedded');
  }

  /** @returns logits of each window */
  async refer(model: Uint8Array, windows: readonly Int16Array[]): Promise<Float32Array[]> {
    return (await this.thread.ask({ type: 'refer', model, windows }, 'referred')).logits;
  }

  async assess(input: FoldInput): Promise<FoldOutcome> {
    return (await this.thread.ask({ type: 'assess', input }, 'assessed')).outcome;
  }

  async summarise(input: StudyInput): Promise<Summary> {
    return (await this.thread.ask({ type: 'summarise', input }, 'summarised')).summary;
  }

  async trainCascade(input: CascadeTraining): Promise<TrainedCascade> {
    return (await this.thread.ask({ type: 'trainCascade', input }, 'cascadeTrained')).trained;
  }

  async summariseCascade(input: CascadeInput): Promise<CascadeSummary> {
    return (await this.thread.ask({ type: 'summariseCascade', input }, 'cascadeSummarised')).summary;
  }

  close(): void {
    this.thread.close();
  }
}

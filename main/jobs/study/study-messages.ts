/** What the lab and its study worker say to each other: one request, one answer, in turn. */
import type { EngineImages } from '../../../devices/engine/engine.ts';
import type { FoldInput, FoldOutcome } from '../../../models/study/assess.ts';
import type { CascadeSummary } from '../../../models/report/results.ts';
import type { CascadeTraining, TrainedCascade } from '../../../models/study/cascade-fold.ts';
import type { CascadeInput } from '../../../models/study/cascade-summary.ts';
import type { StudyInput, Summary } from '../../../models/study/summarise.ts';
import type { Rendering } from './renderings.ts';

export type StudyRequest =
  /**
   * Opens the engine with what embeds, and the same as graphs (ONNX) from sound and from log-mel on, in place of those
   * before.
   */
  | { type: 'open'; wasm: Uint8Array; images: EngineImages; frontEnd: Uint8Array; encoder: Uint8Array }
  /** Opens a model of the person's own in place of those before: its embedding. */
  | { type: 'openOwn'; folder: string }
  /** Embeds samples in every rendering, one after the other. */
  | { type: 'embed'; pcm: Float32Array; renderings: readonly Rendering[] }
  /** The same of one window's log-mel, in those renderings that need no sound. */
  | { type: 'embedLogMel'; logMel: Float32Array; renderings: readonly Rendering[] }
  /** Runs a reference graph (ONNX, PCM to logits) over windows of 15,600 samples. */
  | { type: 'refer'; model: Uint8Array; windows: readonly Int16Array[] }
  | { type: 'assess'; input: FoldInput }
  | { type: 'summarise'; input: StudyInput }
  | { type: 'trainCascade'; input: CascadeTraining }
  | { type: 'summariseCascade'; input: CascadeInput };

export type StudyReply =
  | { type: 'opened' }
  | { type: 'embedded'; embeddings: Float32Array; patches: number }
  | { type: 'referred'; logits: Float32Array[] }
  | { type: 'assessed'; outcome: FoldOutcome }
  | { type: 'summarised'; summary: Summary }
  | { type: 'cascadeTrained'; trained: TrainedCascade }
  | { type: 'cascadeSummarised'; summary: CascadeSummary };

import type { RouterFiles } from '../../models/reference/router-reference.ts';
import type { Decided, Heard } from '../../models/router/decide.ts';

/** What the page and its inference worker say to each other. */
export type ReferenceTask =
  /** Opens a graph under a name, once. */
  | { kind: 'open'; graph: string; model: Uint8Array }
  /** One window through an opened graph. */
  | { kind: 'answer'; graph: string; pcm: Float32Array }
  /** Opens a router under a name, once: how many experts answer together. */
  | { kind: 'open-router'; router: string; files: RouterFiles }
  /** What an opened router decides of a window, by what the references heard in it and the board's inference id. */
  | { kind: 'route'; router: string; heard: BothHeard; inferenceId: number }
  /** Sound to log-mel frames, with the front end alone. */
  | { kind: 'log-mel'; pcm: Float32Array };

export interface BothHeard {
  quantized: Heard;
  float: Heard;
}

export interface ReferenceAnswer {
  logits: Float32Array;
  embedding: Float32Array;
}

/** What a router decided. */
export type Decision = Pick<Decided, 'gate' | 'curiosity' | 'score' | 'ranked' | 'thresholds'>;

/** A router's decision by both references. */
export interface ReferenceRoute {
  quantized: Decision;
  float: Decision;
}

export interface LogMel {
  frames: number;
  /** [frames][64] */
  values: Float32Array;
}

export interface ReferenceRequest {
  id: number;
  task: ReferenceTask;
}
export type ReferenceResult = ReferenceAnswer | ReferenceRoute | LogMel | number | null;
export type ReferenceReply =
  { id: number; ok: true; result: ReferenceResult } | { id: number; ok: false; message: string };

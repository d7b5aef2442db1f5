import type { RouterFiles } from '../../models/reference/router-reference.ts';
import type { Route } from '../../models/router/route.ts';

/** What the page and its inference worker say to each other. */
export type ReferenceTask =
  /** Opens a graph under a name, once. */
  | { kind: 'open'; graph: string; model: Uint8Array }
  /** One window through an opened graph. */
  | { kind: 'answer'; graph: string; pcm: Float32Array }
  /** Opens a router under a name, once: how many experts answer together. */
  | { kind: 'open-router'; router: string; files: RouterFiles }
  /** What an opened router decides of a window, by the references' embeddings of it and the board's inference id. */
  | { kind: 'route'; router: string; embedding: Embeddings; inferenceId: number }
  /** Sound to log-mel frames, with the front end alone. */
  | { kind: 'log-mel'; pcm: Float32Array };

export interface Embeddings {
  quantized: Float32Array;
  float: Float32Array;
}

export interface ReferenceAnswer {
  logits: Float32Array;
  embedding: Float32Array;
}

/** A router's decision by both references. */
export interface ReferenceRoute {
  quantized: Route;
  float: Route;
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

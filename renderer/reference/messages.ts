/** What the page and its inference worker say to each other. */
export type ReferenceTask =
  /** Opens a graph under a name, once. */
  | { kind: 'open'; graph: string; model: Uint8Array }
  /** One window through an opened graph: logits. */
  | { kind: 'logits'; graph: string; pcm: Float32Array }
  /** Sound to log-mel frames, with the front end alone. */
  | { kind: 'log-mel'; pcm: Float32Array };

export interface LogMel {
  frames: number;
  /** [frames][64] */
  values: Float32Array;
}

export interface ReferenceRequest {
  id: number;
  task: ReferenceTask;
}
export type ReferenceReply =
  { id: number; ok: true; result: Float32Array | LogMel | null } | { id: number; ok: false; message: string };

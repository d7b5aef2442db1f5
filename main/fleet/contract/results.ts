/** What the fleet's jobs leave behind. */
import type { Source } from '../../contract/lab.ts';

export interface DeployResult {
  kind: 'deploy';
  boardId: string;
  /** Where the experts lie, in the router's order, and the router where there is one. */
  slots: number[];
  router: number | null;
  /** Of all images, their signatures included. */
  bytes: number;
  /** Of them; the board held the others already. Earlier labs kept no account of it. */
  sent?: number;
  /** While those were on their way; their verifying is not in it. */
  uploadMs: number;
  /** Bytes sent per second over the line's byte rate; null where the line's rate is unknown, or nothing was sent. */
  lineShare: number | null;
  activated: boolean;
}

/** One window (15,600 samples) as the board answered it. */
export interface WindowResult {
  boardId: string;
  /** Position in the recording, seconds. */
  startS: number;
  inferenceId: number;
  classIndex: number;
  label: string;
  logits: number[];
  topProbability: number;
  entropy: number;
  /** Microseconds: features, encoder, router, expert. */
  latencyUs: [number, number, number, number];
  latencySource: Source;
  energyNanojoule: number;
  energySource: Source;
}

export interface PlayResult {
  kind: 'play';
  boardId: string;
  windows: WindowResult[];
}

/** What the fleet's jobs leave behind. */
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

export interface PlayResult {
  kind: 'play';
  boardId: string;
  /** Played, in part or whole. */
  recordings: number;
  windows: number;
  /** Recordings that were passed over. */
  failed: { path: string; message: string }[];
}

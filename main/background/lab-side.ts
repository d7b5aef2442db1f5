import type { Calls } from '../threads/peer.ts';

/** What a background thread may ask of the lab. */
export interface LabSide extends Calls {
  /** Whether a file found behind a link may be opened. */
  permits(real: string): Promise<boolean>;
}

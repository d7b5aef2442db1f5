/** Whether what boards say has moved, against their own past and against their neighbours: the fleet's part of the contract. */
import { forViewers } from '../../contract/roles.ts';
import { none } from '../../contract/schemas.ts';

/** What is watched of a board's records, a day's distribution each. */
export const watched = ['class', 'place', 'top_probability', 'entropy', 'curiosity', 'noise_floor'] as const;
export type Watched = (typeof watched)[number];

/** Shares of a distribution before and now, by bin, lowest first. */
export interface Shares {
  bins: number[];
  before: number[];
  now: number[];
}

export interface BoardDrift {
  boardId: string;
  /**
   * `judged`: see the rest. `new`: it has too few days with records to have a past. `quiet`: too few of the last days have
   * records.
   */
  state: 'judged' | 'new' | 'quiet';
  /** Of the test between the last days and those before; null where it is not judged. */
  p: number | null;
  /** Told, with no more than the stated share of false ones among all that are told of the fleet. */
  drifting: boolean;
  /** Neighbours whose own changes were taken off; 0: it was held against its own past alone. */
  neighbours: number;
  /** That moved most; null where it is not judged. */
  moved: Watched | null;
  /** Population stability index of that one. */
  stability: number | null;
  /** Of that one. */
  shares: Shares | null;
  /** Days (UTC) that were compared, milliseconds since 1970: first and last of the past, and of now. */
  before: [number, number] | null;
  now: [number, number] | null;
}

export interface FleetDrift {
  /** When it was judged, milliseconds since 1970. */
  atMs: number;
  /** Share of what is told that may be false. */
  falseShare: number;
  boards: BoardDrift[];
}

export const driftRequests = {
  'fleet.drift': forViewers(none),
} as const;

export interface DriftResults {
  'fleet.drift': FleetDrift;
}

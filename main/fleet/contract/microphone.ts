/** Whether boards hear: microphones that fell silent, are clipped or stuck, told apart from a quiet night. */
import { forViewers } from '../../contract/roles.ts';
import { none } from '../../contract/schemas.ts';

/**
 * `well`: nothing speaks against it. `fell silent`: its noise floor lies below all that it was at any hour before, and fell
 * at these hours of day, where its neighbours' did not. `clipped`: too many samples at full scale, where its neighbours' are
 * not. `stuck`: one window is as loud as the next, to a fiftieth of a decibel. `new`: too few days to have a past, and
 * neither clipped nor stuck. `untold`: too few records of late say how loud it was.
 */
export type MicrophoneState = 'well' | 'fell silent' | 'clipped' | 'stuck' | 'new' | 'untold';

export interface MicrophoneJudgement {
  boardId: string;
  state: MicrophoneState;
  /** Hours that were judged: beginning of the first and of the last, milliseconds since 1970; null where it is untold. */
  hours: [number, number] | null;
  /** Of these hours: means, decibels as of `TelemetryRecord`, and a share of samples. */
  noiseFloorDb: number | null;
  levelDb: number | null;
  clippedShare: number | null;
  /** What the noise floor was to be by its past at these hours of day and by its neighbours; null without a past. */
  usualDb: number | null;
  /** Neighbours that it was held against at these hours, the fewest; 0: its own past alone. */
  neighbours: number;
}

export interface FleetMicrophones {
  /** When they were judged, milliseconds since 1970. */
  atMs: number;
  boards: MicrophoneJudgement[];
}

/** Of these a person should know. */
export const isFaulty = (state: MicrophoneState): boolean =>
  state === 'fell silent' || state === 'clipped' || state === 'stuck';

export const microphoneRequests = {
  /** Judged anew every five minutes, by the hours that boards last recorded in. */
  'fleet.microphones': forViewers(none),
} as const;

export interface MicrophoneResults {
  'fleet.microphones': FleetMicrophones;
}

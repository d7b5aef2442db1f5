import { groups, quickMs, type Command } from '../command.ts';
import { decodeKeyState, type KeyState } from './board-key.ts';

export interface BoardInfo extends KeyState {
  /** 16 hex digits. */
  id: string;
  name: string;
  kind: string;
  profile: string;
  firmware: string;
  bootId: number;
  /** Why it last started: `power`, `request`, `watchdog`, `fault`, `unknown`. */
  cause: string;
  uptimeMs: number;
  /** Telemetry records the board can hold. */
  ringRecords: number;
  framings: { console: boolean; binary: boolean };
  sampleRate: number;
  hasAudioSource: boolean;
  simulated: boolean;
  /** Input buffer, bytes. */
  windowBytes: number;
  /** Bytes that fitted no frame since boot. */
  discardedBytes: number;
  supplyMillivolts: number | null;
  temperatureC: number | null;
  stackBytes: number | null;
}

const known = (value: number, unknown: number): number | null => (value === unknown ? null : value);

export const boardInfo: Command<void, BoardInfo> = {
  name: 'board info',
  operation: 'read',
  group: groups.board,
  id: 0,
  repeatable: true,
  timeoutMs: quickMs,
  encode: () => ({}),
  decode: (reply) => {
    const link = reply.number('link');
    const centiDegrees = known(reply.number('cc'), -32768);
    return {
      ...decodeKeyState(reply),
      id: Array.from(reply.bytes('id', 8), (byte) => byte.toString(16).padStart(2, '0')).join(''),
      name: reply.text('name'),
      kind: reply.text('kind'),
      profile: reply.text('profile'),
      firmware: reply.text('fw'),
      bootId: reply.number('boot'),
      cause: reply.text('cause'),
      uptimeMs: reply.number('up'),
      ringRecords: reply.number('ring'),
      framings: { console: (link & 1) !== 0, binary: (link & 2) !== 0 },
      sampleRate: reply.number('rate'),
      hasAudioSource: reply.bool('audio'),
      simulated: reply.bool('sim'),
      windowBytes: reply.number('window'),
      discardedBytes: reply.number('discarded'),
      supplyMillivolts: known(reply.number('mv'), 0),
      temperatureC: centiDegrees === null ? null : centiDegrees / 100,
      stackBytes: known(reply.number('stack'), 0),
    };
  },
};

import { groups, quickMs, type Command } from '../command.ts';
import { startCauses, type StartCause } from '../start-cause.ts';
import { mostUptimeMs, olderFirmware } from '../telemetry-record.ts';
import { decodeKeyState, type KeyState } from './board-key.ts';

export interface BoardInfo extends KeyState {
  /** 16 hex digits. */
  id: string;
  name: string;
  kind: string;
  profile: string;
  firmware: string;
  bootId: number;
  /** Why it last started: one of `startCauses`, or what newer firmware says. */
  cause: string;
  /** Since it started. */
  uptimeMs: number;
  /** Telemetry records the board can hold. */
  ringRecords: number;
  framings: { console: boolean; binary: boolean };
  sampleRate: number;
  hasAudioSource: boolean;
  /** Continuous inference is running. */
  listening: boolean;
  /** Windows since the start that it skipped, being behind; null of firmware that does not say. */
  skippedWindows: number | null;
  simulated: boolean;
  /** Input buffer, bytes. */
  windowBytes: number;
  /** Bytes that fitted no frame since boot. */
  discardedBytes: number;
  supplyMillivolts: number | null;
  temperatureC: number | null;
  stackBytes: number | null;
  /** How often it started so far, by cause; null of firmware that does not count it. */
  starts: Record<StartCause, number> | null;
  /** The largest image that its store could take; null of firmware that does not say it here. */
  freeFlashBytes: number | null;
  /** Its clock, milliseconds since 1970; null where it has none, or nobody has set it since it started. */
  clock: { nowMs: number; /** what it was last set to */ setMs: number } | null;
  /** It has a clock that can be set. */
  hasClock: boolean;
}

const known = (value: number, unknown: number): number | null => (value === unknown ? null : value);

/** What newer firmware may count beyond is left out. */
const startsOf = (counts: number[]): Record<StartCause, number> =>
  Object.fromEntries(startCauses.map((cause, i) => [cause, counts[i] ?? 0])) as Record<StartCause, number>;

export const boardInfo: Command<void, BoardInfo> = {
  name: 'board info',
  operation: 'read',
  group: groups.board,
  id: 0,
  repeatable: true,
  timeoutMs: quickMs,
  encode: () => ({}),
  decode: (reply) => {
    const firmware = reply.label('fw', 31);
    if (!reply.has('listening')) throw olderFirmware(firmware);
    const link = reply.count('link');
    const centiDegrees = known(reply.number('cc'), -32768);
    return {
      ...decodeKeyState(reply),
      id: Array.from(reply.bytes('id', 8), (byte) => byte.toString(16).padStart(2, '0')).join(''),
      name: reply.label('name', 63),
      kind: reply.label('kind', 31),
      profile: reply.label('profile', 31),
      firmware,
      bootId: reply.count('boot'),
      cause: reply.label('cause', 31),
      uptimeMs: reply.count('up', mostUptimeMs),
      ringRecords: reply.count('ring'),
      framings: { console: (link & 1) !== 0, binary: (link & 2) !== 0 },
      sampleRate: reply.count('rate'),
      hasAudioSource: reply.bool('audio'),
      listening: reply.bool('listening'),
      skippedWindows: reply.has('skipped') ? reply.count('skipped') : null,
      simulated: reply.bool('sim'),
      windowBytes: reply.count('window'),
      discardedBytes: reply.count('discarded'),
      supplyMillivolts: known(reply.count('mv', 0xffff), 0),
      temperatureC: centiDegrees === null ? null : centiDegrees / 100,
      stackBytes: known(reply.count('stack'), 0),
      starts: reply.has('starts') ? startsOf(reply.numbers('starts')) : null,
      freeFlashBytes: reply.has('free') ? reply.count('free') : null,
      clock:
        reply.has('wall') && reply.number('wall') !== 0
          ? { nowMs: reply.count('wall', mostUptimeMs), setMs: reply.count('set', mostUptimeMs) }
          : null,
      hasClock: reply.has('wall'),
    };
  },
};

import { groups, quickMs, type Command } from '../command.ts';
import { firstRecordBytes, mostUptimeMs, readRecords, type BoardRecord } from '../telemetry-record.ts';

export interface TelemetryPage {
  bootId: number;
  /** Sequence number that the next record will get. */
  next: number;
  /** Oldest record still held; 0 for none. */
  oldest: number;
  /** The board's uptime at the reply, milliseconds: what a record's age is counted from. */
  uptimeMs: number;
  records: BoardRecord[];
}

/** Records after a cursor. The cursor says what the lab holds durably, so it acknowledges as well. */
export const telemetryRead: Command<{ after: number; max?: number }, TelemetryPage> = {
  name: 'telemetry read',
  operation: 'read',
  group: groups.telemetry,
  id: 0,
  repeatable: true,
  timeoutMs: quickMs,
  encode: ({ after, max }) => ({ after, ...(max === undefined ? {} : { max }) }),
  decode: (reply) => ({
    bootId: reply.count('boot'),
    next: reply.count('next'),
    oldest: reply.count('oldest'),
    uptimeMs: reply.count('now', mostUptimeMs),
    records: readRecords(
      reply.bytes('recs'),
      reply.has('size') ? reply.count('size', 4096) : firstRecordBytes,
    ),
  }),
};

import { groups, quickMs, type Command } from '../command.ts';
import { readRecords, type BoardRecord } from '../telemetry-record.ts';

export interface TelemetryPage {
  bootId: number;
  /** Sequence number that the next record will get. */
  next: number;
  /** Oldest record still held; 0 for none. */
  oldest: number;
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
    bootId: reply.number('boot'),
    next: reply.number('next'),
    oldest: reply.number('oldest'),
    records: readRecords(reply.bytes('recs')),
  }),
};

/** What the lab tells the page without being asked. */
import type { Board, Job, LogLine, TelemetryRecord, WindowResult } from './types.ts';

export interface LabEvents {
  /** The whole list, after any change. */
  boards: Board[];
  job: Job;
  /** Records just stored, oldest first. */
  telemetry: { boardId: string; records: TelemetryRecord[] };
  /** One window of a running play job. */
  window: { jobId: string; result: WindowResult };
  log: LogLine;
}
export type EventName = keyof LabEvents;
export const eventNames = ['boards', 'job', 'telemetry', 'window', 'log'] as const satisfies EventName[];

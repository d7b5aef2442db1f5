/** What the lab tells the page without being asked. */
import type {
  Board,
  EpochFigures,
  Job,
  LogLine,
  PortListing,
  TelemetryRecord,
  WindowResult,
} from './types.ts';

export interface LabEvents {
  /** The whole list, after any change. */
  boards: Board[];
  /** The whole list, after a device was plugged in or pulled out, or a port was taken. */
  ports: PortListing;
  job: Job;
  /** Records just stored, oldest first. */
  telemetry: { boardId: string; records: TelemetryRecord[] };
  /** One window of a running play job. */
  window: { jobId: string; result: WindowResult };
  /** Loss curves of a training or an evaluation have grown; by kind of expert, and `router`. */
  curves: { jobId: string; curves: Record<string, EpochFigures[]> };
  log: LogLine;
}
export type EventName = keyof LabEvents;

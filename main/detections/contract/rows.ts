/** What is told of the detections of a run. */
import type { Detection, KeptWindow } from '../../jobs/classify/contract/rows.ts';
import type { Verdict } from './filter.ts';

/** A detection with what its file and its reviewers say of it. */
export interface ListedDetection extends Detection {
  /** How far local time is ahead of UTC where it was recorded; null where the file does not tell. */
  offsetMinutes: number | null;
  site: string | null;
  /** What was decided last; null where nobody has. */
  verdict: Verdict | null;
  /** The class that it was said to be of, with the verdict `other`. */
  correctedLabel: string | null;
}

/** A part of a list that is kept in the store. */
export interface DetectionPage {
  rows: ListedDetection[];
  /** How many there are in all. */
  total: number;
}

export interface ClassSummary {
  label: string;
  detections: number;
  /** In which it was detected. */
  files: number;
  /** Sum of the detections' lengths. */
  seconds: number;
  /** Most first; null: files without a site. */
  sites: { site: string | null; detections: number }[];
}

/** What a run found, after a filter. */
export interface DetectionSummary {
  detections: number;
  /** In which anything was detected. */
  files: number;
  /** Most detections first. */
  classes: ClassSummary[];
  experts: { expert: string; detections: number }[];
  /** Of the files of the filter, whatever was detected in them: how many, and their length. */
  sites: { site: string | null; files: number; recordedS: number }[];
  /** Of those, the ones that do not tell when they were recorded: no timeline holds them. */
  withoutTime: { files: number; detections: number };
}

/** An hour of the day in which there is a recording, in local time. */
export interface TimelineHour {
  /** 0 … 23 */
  hour: number;
  /** Seconds recorded; more than 3,600 where several recorders ran. */
  recordedS: number;
  /** By class; empty: recorded, and nothing detected. */
  detections: Record<string, number>;
}

/** A day or a night; only those with a recording. */
export interface TimelineDay {
  /** Local date: of a night, which goes from noon to noon, that of its evening. */
  day: string;
  /** In the order of time; an hour that is missing was not recorded. */
  hours: TimelineHour[];
}

/** The most days of one reply. */
export const timelineDays = 120;

/** A window that was kept, with its place and its class. */
export interface ShownWindow extends KeptWindow {
  /** Within its file. */
  startS: number;
  endS: number;
  /** Null where nothing of the run was of that class. */
  label: string | null;
}

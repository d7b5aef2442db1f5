/** Breaks of a board's records, and groups of events, in words. */
import { count, grouped, span } from '../../contract/figures.ts';
import type { TimelineGroup } from './timeline.ts';

export const timelineWords: Record<TimelineGroup, string> = {
  changes: 'Deploys, settings, roll-outs',
  starts: 'Restarts and resets',
  records: 'Gaps and repeated records',
  clock: 'Clock',
  visits: 'Visits',
  connection: 'Connection and trouble',
  rest: 'Details and keys',
};

const are = (records: number): string => (records === 1 ? 'is' : 'are');
const them = (records: number): string => (records === 1 ? 'it' : 'them');

/** A sentence. @param afterSequence 0: none of this start came before */
export const gapText = (missing: number, afterSequence: number): string =>
  afterSequence === 0
    ? `${count(missing, 'record')} ${are(missing)} missing before the first of this start: the board had overwritten ${them(missing)}.`
    : `${count(missing, 'record')} ${are(missing)} missing after record ${grouped(afterSequence)}: the board had overwritten ${them(missing)}.`;

/** A sentence. @param stepMs above 0 forward */
export function clockStepText(stepMs: number): string {
  const ms = Math.round(Math.abs(stepMs));
  return `The board’s clock was set ${ms < 1000 ? `${ms} ms` : span(ms)} ${stepMs > 0 ? 'forward' : 'back'}.`;
}

/** A sentence. @param stage counted from 0 */
export const rolloutChangeText = (name: string, stage: number): string =>
  `The roll-out “${name}” changed it in stage ${stage + 1}.`;

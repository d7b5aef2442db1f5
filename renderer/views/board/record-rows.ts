import { percent } from '../../format/figures.ts';
import { count, span } from '../../../main/contract/figures.ts';
import type { NamedRecord } from '../../../main/contract/types.ts';

export type RecordRow =
  { kind: 'record'; key: string; record: NamedRecord } | { kind: 'between'; key: string; text: string };

/** Below the level of any window whose samples are not all alike, decibels. */
const silentDb = -199;

/** A sound level, decibels against a sine of full scale. */
export function levelText(levelDb: number | null): string {
  if (levelDb === null) return '–';
  return levelDb < silentDb ? 'silent' : `${levelDb.toFixed(1).replace('-', '−')} dB`;
}

/** What else a record says of the sound, a sentence. */
export function heardIn({ levelDb, noiseFloorDb, clippedShare }: NamedRecord): string {
  if (levelDb === null) return 'The board does not tell how loud it was.';
  if (levelDb < silentDb) return 'All samples of this window are alike: nothing was heard at all.';
  const floor = `Noise floor ${levelText(noiseFloorDb)}: nine tenths of the window are louder`;
  return clippedShare ? `${floor}. ${percent(clippedShare)} of the samples are clipped.` : `${floor}.`;
}

/** The numbers of the stages that ran, the router's first. */
export function stagesText(stages: number | null): string {
  if (stages === null || stages === 0) return '–';
  return Array.from({ length: 8 }, (_, i) => i)
    .filter((i) => (stages >> i) & 1)
    .map((i) => i + 1)
    .join(', ');
}

/** Between two records of a start, milliseconds; both times are the same clock's, so they differ by another amount only then. */
const clockStep = (before: NamedRecord, record: NamedRecord): number =>
  before.wallMs === null || record.wallMs === null
    ? 0
    : record.wallMs - record.uptimeMs - (before.wallMs - before.uptimeMs);

/**
 * Rows of the records table, newest first. Between two records stands a row where the board restarted, where the
 * sequence has a gap, where the clock was set, or where windows were skipped.
 * @param records oldest first
 */
export function rowsOf(records: readonly NamedRecord[]): RecordRow[] {
  const rows: RecordRow[] = [];
  records.forEach((record, index) => {
    const key = `${record.bootId}/${record.sequence}`;
    const before = records[index - 1];
    if (before) {
      const restarted = before.bootId !== record.bootId;
      const missing = record.sequence - (restarted ? 0 : before.sequence) - 1;
      if (restarted) rows.push({ kind: 'between', key: `${key} boot`, text: 'The board restarted.' });
      if (missing > 0) {
        rows.push({
          kind: 'between',
          key: `${key} gap`,
          text: `${count(missing, 'record is', 'records are')} missing: overwritten on the board before the lab had read them.`,
        });
      }
    }
    const set = before?.bootId === record.bootId ? clockStep(before, record) : 0;
    if (set !== 0) {
      const text = `The board’s clock was set ${span(Math.abs(set))} ${set > 0 ? 'forward' : 'back'}.`;
      rows.push({ kind: 'between', key: `${key} clock`, text });
    }
    const skipped =
      before?.bootId === record.bootId ? (record.skippedWindows ?? 0) - (before.skippedWindows ?? 0) : 0;
    if (skipped > 0) {
      const text = `${count(skipped, 'window was', 'windows were')} skipped: the board was behind what it heard.`;
      rows.push({ kind: 'between', key: `${key} skipped`, text });
    }
    rows.push({ kind: 'record', key, record });
  });
  return rows.reverse();
}

import { percent } from '../../format/figures.ts';
import { count } from '../../../main/contract/figures.ts';
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

/**
 * Rows of the records table, newest first. Between two records stands a row where the board restarted or
 * where the sequence has a gap.
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
    rows.push({ kind: 'record', key, record });
  });
  return rows.reverse();
}

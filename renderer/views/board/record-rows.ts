import { count } from '../../../main/contract/figures.ts';
import type { NamedRecord } from '../../../main/contract/types.ts';

export type RecordRow =
  { kind: 'record'; key: string; record: NamedRecord } | { kind: 'between'; key: string; text: string };

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

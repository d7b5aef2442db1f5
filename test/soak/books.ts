/** Books of what a store holds, against what was said to be stored. */

/** What is stored of one start of one board. */
export interface StoredStart {
  /** Names both. */
  start: string;
  records: number;
  /** Different sequence numbers among them, and the highest; they begin at 1. */
  different: number;
  last: number;
}

export interface Balance {
  records: number;
  /** Up to the last that was acknowledged, or that is stored, of each start: those that are not stored. */
  lost: number;
  doubled: number;
}

/** @param acknowledged the highest sequence number of each start */
export function balance(stored: readonly StoredStart[], acknowledged: ReadonlyMap<string, number>): Balance {
  const sum: Balance = { records: 0, lost: 0, doubled: 0 };
  const unseen = new Map(acknowledged);
  for (const { start, records, different, last } of stored) {
    sum.records += records;
    sum.doubled += records - different;
    sum.lost += Math.max(last, unseen.get(start) ?? 0) - different;
    unseen.delete(start);
  }
  for (const last of unseen.values()) sum.lost += last;
  return sum;
}

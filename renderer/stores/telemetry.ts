import { defineStore } from 'pinia';
import { shallowReactive, shallowRef, type ShallowRef } from 'vue';
import type { NamedRecord, StoredRecords, TelemetrySummary } from '../../main/contract/types.ts';
import { useLab } from './lab.ts';
import { useNotices } from './notices.ts';
import { TelemetryRing } from './telemetry-ring.ts';

/** Records on the live chart, and in the table beside it: at first, and as many as it may grow to. */
export const chartRecords = 600;
export const tableRecords = 200;
export const mostTableRecords = 2000;
const summaryEveryMs = 1000;
/** A board that records faster than pages are told is asked this often at most. */
const catchUpEveryMs = 1000;

export interface BoardTelemetry {
  ring: TelemetryRing;
  /** Newest last. */
  records: ShallowRef<NamedRecord[]>;
  /** How many of them are held. */
  kept: number;
  summary: ShallowRef<TelemetrySummary | null>;
  loaded: ShallowRef<boolean>;
}

export const useTelemetry = defineStore('telemetry', () => {
  const { client } = useLab();
  const notices = useNotices();
  const boards = shallowReactive(new Map<string, BoardTelemetry>());
  /** Records that arrive while a board's older ones are on their way: they go behind them. */
  const held = new Map<string, NamedRecord[]>();
  /** Boards of which the lab told more records than it sent: they are asked for. */
  const behind = new Set<string>();
  /** Boards whose summary is due, so that a busy board asks at most once a second. */
  const summaryDue = new Map<string, ReturnType<typeof setTimeout>>();

  function add(telemetry: BoardTelemetry, records: NamedRecord[]): void {
    const fresh = records.filter((record) => telemetry.ring.push(record));
    if (fresh.length === 0) return;
    telemetry.records.value = [...telemetry.records.value, ...fresh].slice(-telemetry.kept);
  }

  client.on('telemetry', (told) => {
    for (const one of told) received(one);
  });

  function received({ boardId, stored, records }: StoredRecords): void {
    const all = records.length === stored;
    const waiting = held.get(boardId);
    if (waiting) {
      // Without those that were left out they would seem to be lost: the store is asked once more.
      if (!all) behind.add(boardId);
      else waiting.push(...records);
      return;
    }
    const telemetry = boards.get(boardId);
    if (!telemetry?.loaded.value) return;
    if (!all) fallBehind(boardId);
    else if (!behind.has(boardId)) add(telemetry, records);
    askSummary(boardId);
  }

  function fallBehind(boardId: string): void {
    if (behind.has(boardId)) return;
    behind.add(boardId);
    setTimeout(() => catchUp(boardId).catch(failed), catchUpEveryMs);
  }

  /** Asks for what the lab left out; where that is more than is shown, what was shown before goes. */
  async function catchUp(boardId: string): Promise<void> {
    behind.delete(boardId);
    const telemetry = boards.get(boardId);
    if (!telemetry?.loaded.value || held.has(boardId)) return;
    await holding(boardId, async () => {
      const records = await client.request('telemetry.records', { boardId, limit: chartRecords });
      const last = telemetry.records.value.at(-1);
      if (
        last &&
        !records.some(({ bootId, sequence }) => bootId === last.bootId && sequence === last.sequence)
      ) {
        telemetry.ring.clear();
        telemetry.records.value = [];
      }
      add(telemetry, records);
    });
  }

  /** Records that are told of meanwhile are added afterwards. */
  async function holding(boardId: string, work: () => Promise<void>): Promise<void> {
    const late: NamedRecord[] = [];
    held.set(boardId, late);
    try {
      await work();
      const telemetry = boards.get(boardId);
      if (telemetry) add(telemetry, late);
    } finally {
      held.delete(boardId);
    }
    if (behind.delete(boardId)) fallBehind(boardId);
  }

  const failed = (thrown: unknown): void => void notices.fail('The telemetry could not be loaded', thrown);

  client.on('telemetryDeleted', ({ boardId }) => {
    if (!boards.delete(boardId)) return;
    load(boardId).catch(failed);
  });

  function askSummary(boardId: string): void {
    if (summaryDue.has(boardId)) return;
    const ask = () => {
      summaryDue.delete(boardId);
      loadSummary(boardId).catch((thrown) => notices.fail('The summary could not be loaded', thrown));
    };
    summaryDue.set(boardId, setTimeout(ask, summaryEveryMs));
  }

  async function loadSummary(boardId: string): Promise<void> {
    const summary = await client.request('telemetry.summary', { boardId });
    const telemetry = boards.get(boardId);
    if (telemetry) telemetry.summary.value = summary;
  }

  /** What the page knows of a board's telemetry; `load` fills it and events keep it up. */
  function of(boardId: string): BoardTelemetry {
    let telemetry = boards.get(boardId);
    if (!telemetry) {
      telemetry = {
        ring: new TelemetryRing(chartRecords),
        records: shallowRef([]),
        kept: tableRecords,
        summary: shallowRef(null),
        loaded: shallowRef(false),
      };
      boards.set(boardId, telemetry);
    }
    return telemetry;
  }

  async function load(boardId: string): Promise<void> {
    const telemetry = of(boardId);
    if (telemetry.loaded.value || held.has(boardId)) return;
    await holding(boardId, async () => {
      const [records] = await Promise.all([
        client.request('telemetry.records', { boardId, limit: chartRecords }),
        loadSummary(boardId),
      ]);
      add(telemetry, records);
      telemetry.loaded.value = true;
    });
  }

  /** Puts as many older records again before those that are held. */
  async function loadOlder(boardId: string): Promise<void> {
    const telemetry = of(boardId);
    const [first] = telemetry.records.value;
    if (!first) return;
    // Before the answer, so that records that come meanwhile push none out: there would be a gap.
    telemetry.kept = telemetry.records.value.length + tableRecords;
    const before = { bootId: first.bootId, sequence: first.sequence };
    const older = await client.request('telemetry.records', { boardId, before, limit: tableRecords });
    telemetry.records.value = [...older, ...telemetry.records.value].slice(-mostTableRecords);
    telemetry.kept = Math.min(Math.max(telemetry.records.value.length, tableRecords), mostTableRecords);
  }

  return {
    of,
    load,
    loadOlder,
    holds: (boardId: string, beforeMs?: number) =>
      client.request('telemetry.holds', beforeMs === undefined ? { boardId } : { boardId, beforeMs }),
    delete: (boardId: string, beforeMs?: number) =>
      client.request('telemetry.delete', beforeMs === undefined ? { boardId } : { boardId, beforeMs }),
  };
});

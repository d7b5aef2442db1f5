import { defineStore } from 'pinia';
import { shallowReactive, shallowRef, type ShallowRef } from 'vue';
import { wholeFile } from '../../main/contract/pieces.ts';
import type { TelemetryRecord, TelemetrySummary } from '../../main/contract/types.ts';
import { useLab } from './lab.ts';
import { useNotices } from './notices.ts';
import { TelemetryRing } from './telemetry-ring.ts';

/** Records on the live chart, and in the table beside it. */
export const chartRecords = 600;
export const tableRecords = 200;
const summaryEveryMs = 1000;

export interface BoardTelemetry {
  ring: TelemetryRing;
  /** Newest last. */
  records: ShallowRef<TelemetryRecord[]>;
  summary: ShallowRef<TelemetrySummary | null>;
  loaded: ShallowRef<boolean>;
}

export const useTelemetry = defineStore('telemetry', () => {
  const { client } = useLab();
  const notices = useNotices();
  const boards = shallowReactive(new Map<string, BoardTelemetry>());
  /** Records that arrive while a board's older ones are on their way: they go behind them. */
  const held = new Map<string, TelemetryRecord[]>();
  /** Boards whose summary is due, so that a busy board asks at most once a second. */
  const summaryDue = new Map<string, ReturnType<typeof setTimeout>>();

  function add(telemetry: BoardTelemetry, records: TelemetryRecord[]): void {
    const fresh = records.filter((record) => telemetry.ring.push(record));
    if (fresh.length === 0) return;
    telemetry.records.value = [...telemetry.records.value, ...fresh].slice(-tableRecords);
  }

  client.on('telemetry', ({ boardId, records }) => {
    const waiting = held.get(boardId);
    if (waiting) return void waiting.push(...records);
    const telemetry = boards.get(boardId);
    if (!telemetry?.loaded.value) return;
    add(telemetry, records);
    askSummary(boardId);
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
    const late: TelemetryRecord[] = [];
    held.set(boardId, late);
    try {
      const [records] = await Promise.all([
        client.request('telemetry.records', { boardId, limit: chartRecords }),
        loadSummary(boardId),
      ]);
      add(telemetry, records);
      add(telemetry, late);
      telemetry.loaded.value = true;
    } finally {
      held.delete(boardId);
    }
  }

  return {
    of,
    load,
    export: (boardId: string) =>
      wholeFile<number>((from) => client.request('telemetry.export', { boardId, from })),
  };
});

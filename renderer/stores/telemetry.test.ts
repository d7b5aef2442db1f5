import { afterEach, describe, expect, it, vi } from 'vitest';
import type { NamedRecord, StoredRecords, TelemetrySummary } from '../../main/contract/types.ts';
import { LabDouble, record } from '../test/lab-double.ts';
import { withLab } from '../test/mount.ts';
import { chartRecords, tableRecords, useTelemetry } from './telemetry.ts';

const boardId = record(1).boardId;
const told = (records: NamedRecord[], stored = records.length): StoredRecords[] => [
  { boardId, stored, records },
];
const sequences = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const summary: TelemetrySummary = {
  boardId,
  records: 2,
  missing: 0,
  gaps: [],
  clockSteps: [],
  repeated: 0,
  countedBack: 0,
  latencyUs: null,
  latencySource: 'none',
  energyNanojoule: null,
  energySource: 'none',
};

describe('telemetry in the page', () => {
  afterEach(() => void vi.useRealTimers());

  it('puts records that arrive during the first load behind the older ones, each once', async () => {
    let answer: (records: NamedRecord[]) => void = () => {};
    const lab = new LabDouble({
      'telemetry.records': () => new Promise((resolve) => (answer = resolve)),
      'telemetry.summary': () => summary,
    });
    withLab(lab);
    const telemetry = useTelemetry();
    const loading = telemetry.load(boardId);
    lab.raise('telemetry', told([record(3), record(4)]));
    answer([record(1), record(2), record(3)]);
    await loading;
    lab.raise('telemetry', told([record(4), record(5)]));
    expect(telemetry.of(boardId).records.value.map((one) => one.sequence)).toEqual([1, 2, 3, 4, 5]);
    expect(Array.from(telemetry.of(boardId).ring.view('sequence'))).toEqual([1, 2, 3, 4, 5]);
  });

  it('keeps no more records than its table shows', async () => {
    const lab = new LabDouble({
      'telemetry.records': () => Array.from({ length: tableRecords + 50 }, (_, i) => record(i + 1)),
      'telemetry.summary': () => summary,
    });
    withLab(lab);
    const telemetry = useTelemetry();
    await telemetry.load(boardId);
    expect(telemetry.of(boardId).records.value).toHaveLength(tableRecords);
    expect(telemetry.of(boardId).records.value.at(-1)?.sequence).toBe(tableRecords + 50);
  });

  it('older than those held are put before them, though new ones come meanwhile', async () => {
    const kept = Array.from({ length: 2 * tableRecords + 30 }, (_, i) => record(i + 1));
    let came = 0;
    const lab = new LabDouble({
      'telemetry.records': ({ before, limit }) => {
        const fresh = record(kept.length + ++came);
        if (before) lab.raise('telemetry', told([fresh]));
        return kept.filter((one) => !before || one.sequence < before.sequence).slice(-limit);
      },
      'telemetry.summary': () => summary,
    });
    withLab(lab);
    const telemetry = useTelemetry();
    await telemetry.load(boardId);
    const held = () => telemetry.of(boardId).records.value.map(({ sequence }) => sequence);
    expect(held()).toEqual(sequences(31 + tableRecords, kept.length));
    await telemetry.loadOlder(boardId);
    expect(held()).toEqual([...sequences(31, kept.length), kept.length + 2]);
    await telemetry.loadOlder(boardId);
    expect(held().slice(0, kept.length)).toEqual(sequences(1, kept.length));
  });

  it('asks for what the lab left out, a second later, and shows no gap where there is none', async () => {
    vi.useFakeTimers();
    let stored = 10;
    const lab = new LabDouble({
      'telemetry.records': ({ limit }) =>
        sequences(1, stored)
          .map((sequence) => record(sequence))
          .slice(-limit),
      'telemetry.summary': () => summary,
    });
    withLab(lab);
    const telemetry = useTelemetry();
    await telemetry.load(boardId);
    const held = () => telemetry.of(boardId).records.value.map(({ sequence }) => sequence);
    const missing = () => Array.from(telemetry.of(boardId).ring.view('missing')).reduce((a, b) => a + b, 0);
    stored = 30;
    lab.raise('telemetry', told([record(30)], 20));
    stored = 31;
    lab.raise('telemetry', told([record(31)]));
    // Neither is shown before what lies between.
    expect(held()).toEqual(sequences(1, 10));
    const asked = () => lab.asked.filter(({ name }) => name === 'telemetry.records').length;
    expect(asked()).toBe(1);
    await vi.advanceTimersByTimeAsync(1000);
    expect([held(), asked(), missing()]).toEqual([sequences(1, 31), 2, 0]);
    lab.raise('telemetry', told([record(32)]));
    expect(held()).toEqual(sequences(1, 32));
    // More than is shown at once: what was shown before goes, and nothing seems to be lost.
    stored = 32 + 2 * chartRecords;
    lab.raise('telemetry', told([], 2 * chartRecords));
    await vi.advanceTimersByTimeAsync(1000);
    expect(held()).toEqual(sequences(stored - tableRecords + 1, stored));
    expect(Array.from(telemetry.of(boardId).ring.view('sequence'))).toEqual(
      sequences(stored - chartRecords + 1, stored),
    );
    expect(missing()).toBe(0);
  });

  it('asks once more where the lab left out records while it was asked', async () => {
    vi.useFakeTimers();
    let stored = 10;
    const lab = new LabDouble({
      'telemetry.records': ({ limit }) => {
        const now = sequences(1, stored)
          .map((sequence) => record(sequence))
          .slice(-limit);
        if (stored === 10) {
          stored = 40;
          lab.raise('telemetry', told([record(40)], 30));
        }
        return now;
      },
      'telemetry.summary': () => summary,
    });
    withLab(lab);
    const telemetry = useTelemetry();
    await telemetry.load(boardId);
    await vi.advanceTimersByTimeAsync(1000);
    expect(telemetry.of(boardId).records.value.map(({ sequence }) => sequence)).toEqual(sequences(1, 40));
  });

  it('can be loaded again after a failure', async () => {
    let fails = true;
    const lab = new LabDouble({
      'telemetry.records': () => {
        if (fails) throw new Error('busy');
        return [record(1)];
      },
      'telemetry.summary': () => summary,
    });
    withLab(lab);
    const telemetry = useTelemetry();
    await expect(telemetry.load(boardId)).rejects.toThrow();
    fails = false;
    await telemetry.load(boardId);
    expect(telemetry.of(boardId).records.value).toHaveLength(1);
  });
});

import { describe, expect, it } from 'vitest';
import type { NamedRecord, TelemetrySummary } from '../../main/contract/types.ts';
import { LabDouble, record } from '../test/lab-double.ts';
import { withLab } from '../test/mount.ts';
import { tableRecords, useTelemetry } from './telemetry.ts';

const boardId = record(1).boardId;
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
  it('puts records that arrive during the first load behind the older ones, each once', async () => {
    let answer: (records: NamedRecord[]) => void = () => {};
    const lab = new LabDouble({
      'telemetry.records': () => new Promise((resolve) => (answer = resolve)),
      'telemetry.summary': () => summary,
    });
    withLab(lab);
    const telemetry = useTelemetry();
    const loading = telemetry.load(boardId);
    lab.raise('telemetry', { boardId, records: [record(3), record(4)] });
    answer([record(1), record(2), record(3)]);
    await loading;
    lab.raise('telemetry', { boardId, records: [record(4), record(5)] });
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
        if (before) lab.raise('telemetry', { boardId, records: [fresh] });
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

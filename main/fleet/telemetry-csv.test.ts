import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { csvText } from '../../models/report/csv.ts';
import { piecesOf } from '../contract/pieces.ts';
import type { RecordKey, TelemetryRecord } from '../contract/types.ts';
import { openStore, type Store } from '../store/open-store.ts';
import { telemetryStore, type TelemetryStore } from '../store/telemetry-store.ts';
import { pieceRecords, telemetryCsv } from './telemetry-csv.ts';

let folder: string;
let store: Store;
let telemetry: TelemetryStore;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-export-'));
  store = await openStore(join(folder, 'lab.duckdb'));
  telemetry = telemetryStore(store);
});
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

const record = (boardId: string, sequence: number): TelemetryRecord => ({
  boardId,
  bootId: 4_000_000_000,
  sequence,
  receivedMs: 1_795_423_729_608 + sequence,
  atMs: 1_795_423_700_000 + sequence,
  errorMs: sequence % 2 ? 1.5 : null,
  uptimeMs: sequence * 10,
  inferenceId: sequence,
  expert: '0011223344556677',
  classIndex: (sequence % 11) - 1,
  topProbability: Math.fround((sequence % 1000) / 1000),
  entropy: 1.25,
  featuresUs: 100,
  encoderUs: 0,
  routerUs: 7,
  expertUs: 31,
  latencySource: 'modelled',
  energyNanojoule: 1000,
  energySource: 'none',
  supplyMillivolts: null,
  temperatureC: sequence % 3 ? 21.5 : null,
  stackBytes: 2048,
  curiosity: 0.25,
  place: 2,
  levelDb: sequence % 5 ? -60.37 + (sequence % 100) : null,
  noiseFloorDb: sequence % 5 ? -80.51 : null,
  clippedShare: sequence % 5 ? (sequence % 4) / 15_600 : null,
  startCause: sequence % 5 ? 'brown-out' : null,
  freeFlashBytes: sequence % 5 ? 1_802_240 : null,
  wallMs: sequence % 7 ? 1_795_423_700_003 + sequence : null,
});
/** As a person would find it under each heading. */
const cellsOf = (one: TelemetryRecord): Record<string, string | number | null> => ({
  Board: 'Hut, north',
  'Board id': one.boardId,
  'Start of the board': one.bootId,
  Sequence: one.sequence,
  'Time (UTC)': new Date(one.atMs).toISOString(),
  'Time (ms since 1970)': one.atMs,
  'Time may be off by (ms)': one.errorMs,
  'Received (UTC)': new Date(one.receivedMs).toISOString(),
  'Received (ms since 1970)': one.receivedMs,
  'Uptime (ms)': one.uptimeMs,
  Inference: one.inferenceId,
  Class: labels[one.classIndex] ?? null,
  'Class number': one.classIndex,
  'Top probability': Math.round(one.topProbability * 1000) / 1000,
  'Entropy (nats)': one.entropy,
  Expert: 'ESC-10 4-bit',
  'Expert hash': one.expert,
  'Place of the expert': one.place,
  Curiosity: one.curiosity,
  'Features (us)': one.featuresUs,
  'Encoder (us)': one.encoderUs,
  'Router (us)': one.routerUs,
  'Expert (us)': one.expertUs,
  'Latency source': one.latencySource,
  'Energy (nJ)': one.energySource === 'none' ? null : one.energyNanojoule,
  'Energy source': one.energySource,
  'Supply (mV)': one.supplyMillivolts,
  'Temperature (degrees C)': one.temperatureC,
  'Stack (bytes)': one.stackBytes,
  'Level (dB re full-scale sine)': one.levelDb,
  'Noise floor L90 (dB re full-scale sine)': one.noiseFloorDb,
  'Clipped samples (share)': one.clippedShare,
  'Free flash (bytes)': one.freeFlashBytes,
  'Started by': one.startCause,
  'Board clock (UTC)': one.wallMs === null ? null : new Date(one.wallMs).toISOString(),
  'Board clock (ms since 1970)': one.wallMs,
});
const labels = ['curlew', 'rain'];
const images = {
  namesOf: ({ classIndex }: Pick<TelemetryRecord, 'classIndex'>) => ({
    expertName: 'ESC-10 4-bit',
    className: labels[classIndex] ?? null,
  }),
};
const header = csvText([Object.keys(cellsOf(record('', 1)))]);
const line = (one: TelemetryRecord) => csvText([Object.values(cellsOf(one))]);

async function exported(boardId: string): Promise<string[]> {
  const texts: string[] = [];
  const board = { id: boardId, name: 'Hut, north' };
  for await (const piece of piecesOf<RecordKey>((from) => telemetryCsv({ telemetry, images }, board, from)))
    texts.push(piece.text);
  return texts;
}
const linesOf = (text: string) => text.split('\r\n').length - 1;

describe('the export of a board’s telemetry', () => {
  it('gives 250,000 records whole and in order, no piece over its bound, another board’s left out', async () => {
    const batch = 25_000;
    for (let first = 1; first <= 250_000; first += batch) {
      await telemetry.append(Array.from({ length: batch }, (_, i) => record('b1', first + i)));
      await telemetry.append(Array.from({ length: 700 }, (_, i) => record('b2', first + i)));
    }
    const texts = await exported('b1');
    expect(texts.filter((text, index) => linesOf(text) > pieceRecords + (index === 0 ? 1 : 0))).toEqual([]);
    const whole = texts.join('').split(/(?<=\r\n)/);
    const wrong = whole.slice(1).findIndex((text, index) => text !== line(record('b1', index + 1)));
    expect([whole[0], wrong, whole.length]).toEqual([header, -1, 250_001]);
    expect((await exported('b2')).join('').split('\r\n')).toHaveLength(7_002);
  }, 240_000);

  it('is refused half-way where records were deleted meanwhile, rather than cut short', async () => {
    await telemetry.append(Array.from({ length: 1200 }, (_, i) => record('b4', i + 1)));
    const { next } = await telemetryCsv({ telemetry, images }, { id: 'b4', name: '' });
    await telemetry.delete('b4');
    await expect(telemetryCsv({ telemetry, images }, { id: 'b4', name: '' }, next!)).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    });
  });

  it('of a board without records is the header', async () => {
    expect(await exported('none')).toEqual([header]);
  });

  it('is named by the board, and leaves a name empty that nobody knows', async () => {
    await telemetry.append([{ ...record('b3', 1), topProbability: Math.fround(0.7), temperatureC: 21.37 }]);
    const known = { namesOf: () => ({ expertName: null, className: null }) };
    const piece = await telemetryCsv({ telemetry, images: known }, { id: 'b3', name: 'Küste 7/a' });
    expect(piece.name).toMatch(/^telemetry_Küste-7-a_\d{4}-.+Z\.csv$/);
    const [names, cells] = piece.text.split('\r\n').map((row) => row.split(','));
    const cell = (name: string) => cells![names!.indexOf(name)];
    expect([cell('Class'), cell('Class number'), cell('Expert'), cell('Expert hash')]).toEqual([
      '',
      '0',
      '',
      '0011223344556677',
    ]);
    expect([cell('Top probability'), cell('Temperature (degrees C)')]).toEqual(['0.7', '21.37']);
  });
});

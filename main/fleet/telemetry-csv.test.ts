import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { piecesOf } from '../contract/pieces.ts';
import type { TelemetryRecord } from '../contract/types.ts';
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
  topProbability: (sequence % 1024) / 1024,
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
});
const header = Object.keys(record('', 1)).join(',');
const line = (one: TelemetryRecord) =>
  Object.entries({
    ...one,
    receivedMs: new Date(one.receivedMs).toISOString(),
    atMs: new Date(one.atMs).toISOString(),
  })
    .map(([, value]) => value ?? '')
    .join(',');

async function exported(boardId: string): Promise<string[]> {
  const texts: string[] = [];
  for await (const piece of piecesOf<number>((from) => telemetryCsv(telemetry, boardId, from)))
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
    const whole = texts.join('').split('\r\n');
    const wrong = whole.slice(1, -1).findIndex((text, index) => text !== line(record('b1', index + 1)));
    expect([whole[0], wrong, whole.length, whole.at(-1)]).toEqual([header, -1, 250_002, '']);
    expect((await exported('b2')).join('').split('\r\n')).toHaveLength(7_002);
  }, 240_000);

  it('of a board without records is the header', async () => {
    expect(await exported('none')).toEqual([`${header}\r\n`]);
  });
});

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ExportLevel, TelemetryRecord } from '../contract/types.ts';
import { openStore, type Store } from './open-store.ts';
import { roll } from './rollups/roll.ts';
import { writeTelemetry } from './telemetry-export.ts';
import { telemetryStore } from './telemetry-store.ts';
import { telemetryPiece } from './telemetry-table.ts';

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-store-'));
  store = await openStore(join(folder, 'lab.duckdb'));
  const telemetry = telemetryStore(store);
  await telemetry.append([...run('b1', 1, 30), ...run('b2', 1, 9)]);
  await roll(store);
  await telemetry.append(run('b1', 31, 40));
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

const startMs = 1_795_423_700_000;
const run = (boardId: string, from: number, to: number): TelemetryRecord[] =>
  Array.from({ length: to - from + 1 }, (_, at) => record(boardId, from + at));
const record = (boardId: string, sequence: number): TelemetryRecord => ({
  ...{ boardId, bootId: 7, sequence, uptimeMs: sequence, inferenceId: sequence, receivedMs: startMs },
  ...{ atMs: startMs + 20_000 * sequence, errorMs: 1, expert: '0011223344556677', classIndex: 0, place: 0 },
  ...{ curiosity: 0.25, topProbability: 0.5, entropy: 1.25, featuresUs: 100, encoderUs: 0, routerUs: 7 },
  // Two sources in a minute are two rows of it.
  ...{ expertUs: 31, latencySource: sequence % 2 ? 'counted' : 'measured', energyNanojoule: 1000 },
  ...{ energySource: 'modelled', supplyMillivolts: null, temperatureC: 21.5, stackBytes: null },
  ...{ levelDb: -60.25, noiseFloorDb: null, clippedShare: null, startCause: null, freeFlashBytes: null },
  wallMs: null,
  ...{ stages: null, score: null, skippedWindows: null },
});
const board = { id: 'b1', name: '=Hut, "north"', site: 'Reed bed', group: '' };

async function whole(level: ExportLevel, limit: number, stretch = { fromMs: null as number | null }) {
  let text = '';
  for (let from: number | null = null, first = true; first || from !== null; first = false) {
    const piece = await telemetryPiece(store, { board, level, toMs: null, ...stretch }, from, limit);
    text += piece.text;
    from = piece.next;
  }
  return text;
}

it.each(['records', 'minutes', 'hours'] as const)(
  'says of %s what an export of the board says, however it is cut',
  async (level) => {
    const file = join(folder, 'export.csv');
    await writeFile(file, '');
    const wish = { format: 'csv' as const, level, boardIds: ['b1'], fromMs: null, toMs: null };
    await writeTelemetry(store, [board], wish, file, new AbortController().signal);
    const exported = (await readFile(file, 'utf8')).trimEnd().split('\n');
    for (const limit of [3, 7, 40, 41, 500]) {
      const lines = (await whole(level, limit)).trimEnd().split('\r\n');
      expect(lines.map(values).sort()).toEqual(exported.map(values).sort());
    }
  },
);

/** Numbers are written alike in neither, nor text that is empty: 21.5 and 21.50, "" and nothing. */
const values = (line: string): string =>
  line
    .split(',')
    .map((cell) =>
      cell !== '' && Number.isFinite(Number(cell)) ? String(Number(cell)) : cell === '""' ? '' : cell,
    )
    .join();

it('holds what was kept from a time on, and of a board that recorded nothing the headings alone', async () => {
  const lines = (await whole('records', 4, { fromMs: startMs + 20_000 * 38 })).trimEnd().split('\r\n');
  expect(lines).toHaveLength(4);
  const nobody = { board: { ...board, id: 'b3' }, level: 'records', fromMs: null, toMs: null } as const;
  const { text, next } = await telemetryPiece(store, nobody, null);
  expect([text.split('\r\n').length, next]).toEqual([2, null]);
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { boardHealth } from './board-health.ts';
import { openStore, type Store } from './open-store.ts';

const hourMs = 3_600_000;
let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-health-'));
  store = await openStore(join(folder, 'lab.duckdb'));
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

/** @param cause of the start that the record belongs to */
const record = (
  boardId: string,
  bootId: number,
  sequence: number,
  atMs: number,
  cause: string | null = null,
) =>
  store.transaction((connection) =>
    connection.run(
      `INSERT INTO telemetry (board_id, boot_id, sequence, received_ms, uptime_ms, inference_id, expert, class_index,
         top_probability, entropy, features_us, encoder_us, router_us, expert_us, latency_source, energy_nanojoule,
         energy_source, at_ms, start_cause)
       VALUES ($1, $2, $3, $4, 0, 0, 'e', $5, 0.5, 0, 1000, 0, 0, $6, 'counted', 7, 'none', $4, $7)`,
      [boardId, bootId, sequence, atMs, sequence % 2, 100 * sequence, cause],
    ),
  );
const logged = (boardId: string, atMs: number, kind: string) =>
  store.transaction((connection) =>
    connection.run(`INSERT INTO board_log VALUES (1, $1, $2, 3, $3, 'warning', 'It did.', NULL)`, [
      ...[boardId, atMs, kind],
    ]),
  );

test('tells hours between two moments of each board, and nothing that was not told', async () => {
  for (let sequence = 1; sequence <= 4; sequence++) await record('a', 1, sequence, sequence * 1000);
  await record('a', 1, 5, hourMs);
  await record('b', 1, 1, 500);
  const health = boardHealth(store);
  const hours = await health.hours([
    { boardId: 'a', fromMs: 2000, toMs: hourMs + 1 },
    { boardId: 'b', fromMs: 501, toMs: hourMs },
  ]);
  expect(hours.map(({ boardId, hour, inferences }) => [boardId, hour, inferences])).toEqual([
    ['a', 0, 3],
    ['a', 1, 1],
  ]);
  expect(hours[0]).toMatchObject({ energyNanojoule: null, topProbability: 0.5 });
  expect(hours[0]!.latencyUs).toBeCloseTo(1390, 6);
  expect(hours[0]!.classes).toEqual(
    new Map([
      [0, 2],
      [1, 1],
    ]),
  );
  expect(await health.hours([])).toEqual([]);
});

test('counts trouble once however often it came again, and restarts that nobody asked for', async () => {
  await logged('a', 100, 'trouble');
  await logged('a', 200, 'fell back');
  await logged('a', 300, 'settings');
  await logged('a', 5000, 'trouble');
  await record('a', 1, 1, 10, 'power');
  await record('a', 2, 1, 400, 'watchdog');
  await record('a', 2, 2, 500, 'watchdog');
  await record('a', 3, 1, 600, 'request');
  await record('a', 4, 1, 700, 'fault');
  const stretch = { boardId: 'a', fromMs: 0, toMs: 1000 };
  expect(await boardHealth(store).failures([stretch])).toEqual([{ boardId: 'a', errors: 2, restarts: 2 }]);
  // The start was before.
  expect(await boardHealth(store).failures([{ ...stretch, fromMs: 450, toMs: 550 }])).toEqual([]);
});

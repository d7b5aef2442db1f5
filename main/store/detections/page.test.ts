import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allDetections } from '../../detections/contract/filter.ts';
import type { DetectionStore } from '../../detections/detection-store.ts';
import { openStore, type Store } from '../open-store.ts';
import { detectionStore } from './detection-store.ts';

const files = 60;
const each = 50;
const all = files * each;

let folder: string;
let store: Store;
let detections: DetectionStore;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-page-'));
  store = await openStore(join(folder, 'lab.duckdb'));
  detections = detectionStore(store);
  await store.transaction(async (connection) => {
    await connection.run(
      `INSERT INTO classified_files BY NAME SELECT 'job' AS job_id, i AS file_id, '/card/' || i || '.wav' AS path,
         'classified' AS state, json_array() AS notes, 'WAV' AS format,
         0 AS bytes, 0 AS modified_ms, 0 AS seconds, 0 AS sample_rate, 0 AS channels, 0 AS windows, 0 AS read_ms, 0 AS model_ms FROM range(${files}) t(i)`,
    );
    // Peaks crowd together, a third of the times is not known, and all curiosities are equal.
    await connection.run(
      `INSERT INTO detections BY NAME SELECT 'job' AS job_id, i // ${each} AS file_id, i % ${each} AS number,
         s AS start_s, s + 1 AS end_s, CASE WHEN i % 3 > 0 THEN 1e12 + hash(i) % 1000000 END AS at_ms,
         hash(i) % 7 AS class_index, 'class ' || hash(i) % 7 AS label, p AS confidence, p AS peak, s AS peak_s,
         1 AS windows, 1 AS calls, 'expert' AS expert, 0 AS curiosity, 0 AS entropy
       FROM (SELECT i, (i % ${each})::DOUBLE AS s, pow((hash(i + 1) % 400) / 400, 8) AS p FROM range(${all}) t(i))`,
    );
  });
});
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

test.each(['time', 'peak', 'class', 'file', 'curiosity'] as const)(
  'pages by %s, one behind the other, hold every detection once, in order, those of which it is not known last',
  async (by) => {
    for (const descending of [false, true]) {
      const found: { key: number | string | null; place: number }[] = [];
      for (let offset = 0; offset <= all; offset += 170) {
        const page = { sort: { by, descending }, offset, limit: 170 };
        const { rows, total } = await detections.list('job', allDetections, page);
        expect(total).toBe(all);
        expect(rows).toHaveLength(Math.min(170, all - offset));
        for (const { fileId, number, atMs, peak, label, curiosity } of rows) {
          const keys = { time: atMs, peak, class: label, file: fileId, curiosity };
          found.push({ key: keys[by], place: fileId * each + number });
        }
      }
      const inOrder = [...found].sort((a, b) => {
        if (a.key === b.key) return a.place - b.place;
        if (a.key === null || b.key === null) return a.key === null ? 1 : -1;
        return (a.key < b.key ? -1 : 1) * (descending ? -1 : 1);
      });
      expect(found).toEqual(inOrder);
      expect(new Set(found.map(({ place }) => place)).size).toBe(all);
    }
  },
);

test('a page behind the end is empty and tells how many there are', async () => {
  const page = { sort: { by: 'peak', descending: true } as const, offset: all + 5, limit: 10 };
  expect(await detections.list('job', allDetections, page)).toEqual({ rows: [], total: all });
});

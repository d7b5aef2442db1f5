/**
 * How fast a run of 1,000,000 detections in 20,000 files is looked at: pages by filter, sort and place, the timeline of
 * all its nights, and a table of all of it, as the store answers them.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { piecesOf, pagesOf } from '../../main/contract/pieces.ts';
import type {
  DetectionFilterGiven,
  DetectionSort,
  TableFrom,
  TimelineDay,
} from '../../main/contract/types.ts';
import { allDetections, detectionFilter } from '../../main/detections/contract/filter.ts';
import { timelineDays } from '../../main/detections/contract/rows.ts';
import { tablePiece } from '../../main/detections/table-piece.ts';
import { table, type Row } from '../../main/shells/cli/output.ts';
import { detectionStore } from '../../main/store/detections/detection-store.ts';
import { openStore, type Store } from '../../main/store/open-store.ts';
import type { Bench } from './run.ts';

const detections = 1_000_000;
const files = 20_000;
const repeats = 20;

const pages: { name: string; filter: DetectionFilterGiven; sort: DetectionSort; offset: number }[] = [
  { name: 'first, as found', filter: {}, sort: { by: 'file', descending: false }, offset: 0 },
  { name: 'middle, as found', filter: {}, sort: { by: 'file', descending: false }, offset: detections / 2 },
  { name: 'first, by peak', filter: {}, sort: { by: 'peak', descending: true }, offset: 0 },
  { name: 'middle, by peak', filter: {}, sort: { by: 'peak', descending: true }, offset: detections / 2 },
  { name: 'last, by class', filter: {}, sort: { by: 'class', descending: false }, offset: detections - 100 },
  {
    name: 'of a class, site and probability, by time',
    filter: { labels: ['class 3'], sites: ['site 2'], least: 0.7 },
    sort: { by: 'time', descending: true },
    offset: 0,
  },
  {
    name: 'of a folder, by curiosity',
    filter: { path: '/site 4/' },
    sort: { by: 'curiosity', descending: true },
    offset: 0,
  },
  {
    name: 'above the thresholds of a review, by peak',
    filter: { applied: true },
    sort: { by: 'peak', descending: true },
    offset: 0,
  },
  {
    name: 'not reviewed, middle, as found',
    filter: { reviewed: ['none'] },
    sort: { by: 'file', descending: false },
    offset: detections / 2,
  },
  {
    name: 'reviewed, by time',
    filter: { reviewed: ['yes', 'other'] },
    sort: { by: 'time', descending: true },
    offset: 0,
  },
];

export const bench: Bench = async (say) => {
  const folder = await mkdtemp(join(tmpdir(), 'curlew-bench-'));
  const store = await openStore(join(folder, 'lab.duckdb'));
  try {
    await fill(store);
    const kept = detectionStore(store);
    const rows: Row[] = [];
    let slowest = 0;
    for (const { name, filter, sort, offset } of pages) {
      const whole = v.parse(detectionFilter, filter);
      const times: number[] = [];
      for (let i = 0; i < repeats; i++) {
        const began = performance.now();
        await kept.list('job', whole, { sort, offset, limit: 100 });
        times.push(performance.now() - began);
      }
      times.sort((a, b) => a - b);
      const p95 = times[Math.ceil(0.95 * repeats) - 1]!;
      slowest = Math.max(slowest, p95);
      rows.push([name, `${times[repeats / 2]!.toFixed(0)} ms`, `${p95.toFixed(0)} ms`]);
    }
    say(table(['page of 100', 'median', 'p95'], rows));
    let nights = 0;
    let began = performance.now();
    for await (const days of pagesOf<TimelineDay>(
      (last) => kept.timeline('job', allDetections, { by: 'night', after: last?.day, limit: timelineDays }),
      timelineDays,
    ))
      nights += days.length;
    const timelineMs = performance.now() - began;
    say(`timeline of ${nights} nights in ${timelineMs.toFixed(0)} ms`);
    began = performance.now();
    let bytes = 0;
    const ask = async (from: TableFrom | undefined) => ({
      name: '',
      ...(await tablePiece(kept, {
        jobId: 'job',
        format: 'csv',
        filter: allDetections,
        roots: ['/card'],
        from,
      })),
    });
    let exported = 0;
    for await (const piece of piecesOf(ask)) {
      bytes += piece.text.length;
      exported = piece.next?.selections ?? detections;
      if (performance.now() - began > 30_000) break;
    }
    const rate = exported / ((performance.now() - began) / 1000);
    say(`CSV of ${exported} detections, ${(bytes / 1e6).toFixed(0)} MB: ${rate.toFixed(0)} rows a second`);
    began = performance.now();
    await kept.writeParquet('job', allDetections, join(folder, 'a.parquet'));
    const parquet = detections / ((performance.now() - began) / 1000);
    say(`Parquet: ${parquet.toFixed(0)} rows a second`);
    return {
      page_query_ms: slowest,
      timeline_ms: timelineMs,
      export_rows_per_second: rate,
      parquet_rows_per_second: parquet,
    };
  } finally {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
};

/** Decisions of a review, as many as a sample may have; the first stay, of others there is a later one. */
const decisions = 10_000;

/** Five sites, each an hour-long file after another; detections spread over them by repeatable hashes. */
const fill = (store: Store): Promise<void> =>
  store.transaction(async (connection) => {
    await connection.run(
      `INSERT INTO classified_files SELECT 'job', i, '/card/site ' || i % 5 || '/' || i || '.wav', 'classified', 345600044, 0,
         NULL, 'WAV', 3600, 48000, 1, 7499, 0, 'class 0', 0.5, json_array(), 1750000000000 + (i // 5) * 3600000.0, 120,
         'name', NULL, NULL, 'site ' || i % 5, NULL, NULL, 0, 0, NULL, NULL FROM range(${files}) t(i)`,
    );
    await connection.run(
      `INSERT INTO detections SELECT 'job', i // ${detections / files}, i % ${detections / files}, NULL, s, s + 0.975,
         1750000000000 + (i // ${detections / files} // 5) * 3600000.0 + 1000 * s, c, 'class ' || c, p, p, s, 1, 1, 'expert', q, 0
       FROM (SELECT i, (i % ${detections / files}) * 72.0 AS s, hash(i) % 10 AS c, 0.5 + (hash(i + 1) % 5000) / 10000 AS p,
         (hash(i + 2) % 1000) / 1000 AS q FROM range(${detections}) t(i))`,
    );
    await connection.run(
      `INSERT INTO review_decisions SELECT i, 'set', i // 2, 'job', (i // 2) % ${files}, (i // 2) % ${detections / files}, 'Ada',
         CASE i % 3 WHEN 0 THEN 'yes' WHEN 1 THEN 'no' ELSE 'other' END, NULL, 0, NULL FROM range(${decisions}) t(i)`,
    );
    await connection.run(
      `INSERT INTO review_thresholds SELECT 'job', 'set', 0, 0.9, 'fit', 'class ' || c, CASE c WHEN 9 THEN NULL ELSE 0.5 + c / 20 END
       FROM range(10) t(c)`,
    );
  });

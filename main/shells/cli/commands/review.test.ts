import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testDetection, testFile } from '../../../../test/fixtures/classified.ts';
import type { LabClient } from '../../../contract/client.ts';
import { requests, type RequestName } from '../../../contract/requests.ts';
import type { Job, ReviewSet } from '../../../contract/types.ts';
import { Reviews } from '../../../review/reviews.ts';
import { reviewHandlers } from '../../../review/handlers.ts';
import { statisticsOf } from '../../../review/statistics.ts';
import type { Background } from '../../../background/background.ts';
import { openStore, type Store } from '../../../store/open-store.ts';
import { resultStore } from '../../../store/result-store.ts';
import { reviewStore } from '../../../store/review-store.ts';
import { AllowedPaths } from '../../../recordings/allowed-paths.ts';
import type { Args } from '../command.ts';
import { reviewCommands } from './review.ts';

let folder: string;
let store: Store;
let client: LabClient;

/** Ten curlews at 0.05 … 0.95 of a run that is done. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curlew-review-'));
  store = await openStore(join(folder, 'lab.duckdb'));
  const file = testFile(0, '/card/a.wav');
  const detections = Array.from({ length: 10 }, (_, i) =>
    testDetection(file, i, { peak: Math.fround(0.05 + i / 10) }),
  );
  await resultStore(store).keep('job', [{ file, detections, windows: [] }]);
  const job = { id: 'job', kind: 'classify', title: 'A night', state: 'done' } as Job;
  let nowMs = 1;
  const reviews = new Reviews({
    ...{ jobs: { get: () => job }, reviews: reviewStore(store), wallMs: () => nowMs++ },
    ...{ provenance: async () => null, keep: [], version: '1.2.3' },
    background: {
      run: async (_task: string, ...given: Parameters<typeof statisticsOf>) => statisticsOf(...given),
      close: () => {},
    } as unknown as Background,
  });
  const handlers: Partial<Record<RequestName, unknown>> = {
    'jobs.get': () => job,
    ...reviewHandlers(reviews, new AllowedPaths([folder])),
  };
  client = {
    request: async (name: RequestName, params: unknown) =>
      (handlers[name] as (given: unknown, role: string) => unknown)(
        v.parse(requests[name].params, params),
        'local',
      ),
  } as unknown as LabClient;
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

async function curlew(command: keyof typeof reviewCommands, words: string[], options: Args['options'] = {}) {
  const args: Args = { command, words, options, json: false, dataFolder: join(folder, 'data') };
  const { check, run } = reviewCommands[command]!;
  await check?.(args);
  return run!(client, args);
}
const drawn = async () => (await curlew('review create', ['job'], { bins: '0.5' })).json as ReviewSet;

test('a sample is drawn, listed, shown, decided, taken back and decided again', async () => {
  const created = await curlew('review create', ['job'], { bins: '0.5', size: '4' });
  const { id } = created.json as ReviewSet;
  expect(created.text).toMatch(/4 detections.*curlew\s+0–0\.5\s+5\s+2.*curlew\s+0\.5–1\s+5\s+2/s);
  const reviewer = { reviewer: 'Ada' };
  await curlew('review decide', [id, '1', 'yes'], reviewer);
  const other = await curlew('review decide', [id, '2', 'other'], { ...reviewer, class: 'whimbrel' });
  expect(other.text).toBe('Number 2, curlew: Ada: other, whimbrel.');
  expect((await curlew('review show', [id])).text).toMatch(/a\.wav.*Ada: yes\s*\n.*Ada: other, whimbrel/s);
  expect((await curlew('review undo', [id], reviewer)).text).toBe('Number 2, curlew: not decided.');
  expect((await curlew('review list', [])).text).toMatch(new RegExp(`${id}.*Ada 1`));
  expect((await curlew('review undo', [id], { reviewer: 'Bo' })).text).toContain('Nothing that Bo');
});

test('statistics are told, and written as a table; thresholds are applied and taken back', async () => {
  const { id } = await drawn();
  const items = (await curlew('review show', [id])).json as { number: number; detection: { peak: number } }[];
  for (const { number, detection } of items)
    await curlew('review decide', [id, String(number), detection.peak > 0.5 ? 'yes' : 'no'], {
      reviewer: 'Ada',
    });
  const csv = join(folder, 'review.csv');
  const told = await curlew('review statistics', [id], { csv });
  expect(told.text).toMatch(/curlew: 10 of 10 decided.*True of 10 detections: 5 \(5–5\).*held from 0\.5 on/s);
  expect((await readFile(csv, 'utf8')).split('\r\n')).toHaveLength(4);
  const applied = await curlew('review apply', [id], { precision: '0.9', rule: 'bound' });
  expect(applied.text).toMatch(/curlew\s+0\.500/);
  expect((await curlew('review withdraw', ['job'])).text).toContain('A night');
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ClassifiedFile, Detection } from '../contract/types.ts';
import { openStore } from './open-store.ts';
import { resultStore } from './result-store.ts';

const file = (path: string, probability: number, damage: string | null = null): ClassifiedFile => ({
  jobId: 'j',
  path,
  seconds: 3600.5,
  sampleRate: 192_000,
  channels: 2,
  windows: 7500,
  classIndex: 3,
  label: 'sea waves',
  probability,
  damage,
});
const detection = (path: string, startS: number): Detection => ({
  jobId: 'j',
  path,
  startS,
  endS: startS + 0.975,
  label: 'dog',
  confidence: 0.5,
});

test('a file classified again replaces its results and keeps its place', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'curlew-store-'));
  const store = await openStore(join(folder, 'lab.duckdb'));
  const results = resultStore(store);
  await results.putFile(file('/b.wav', 0.25), [detection('/b.wav', 1), detection('/b.wav', 0)]);
  await results.putFile(file('/a.wav', 0.5), [detection('/a.wav', 2)]);
  await results.putFile(file('/b.wav', 0.75, 'cut short'), [detection('/b.wav', 5)]);
  expect(await results.files('j', { limit: 10 })).toEqual([
    file('/b.wav', 0.75, 'cut short'),
    file('/a.wav', 0.5),
  ]);
  expect(await results.detections('j', { limit: 10 })).toEqual([
    detection('/b.wav', 5),
    detection('/a.wav', 2),
  ]);
  expect(await results.detections('j', { path: '/a.wav', limit: 10 })).toEqual([detection('/a.wav', 2)]);
  expect(await results.files('another', { limit: 10 })).toEqual([]);
  await store.close();
  await rm(folder, { recursive: true });
});

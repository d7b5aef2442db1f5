import { afterAll, beforeAll, expect, it } from 'vitest';
import { join } from 'node:path';
import { testDetection, testFile } from '../../../test/fixtures/classified.ts';
import { openBackground, type Background } from '../../background/background.ts';
import { scratchFolder } from '../../recordings/testing.ts';
import { detectionStore } from '../../store/detections/detection-store.ts';
import { openStore, type Store } from '../../store/open-store.ts';
import { resultStore } from '../../store/result-store.ts';
import { scoreRun } from './score.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
let store: Store;
let background: Background;
beforeAll(async () => {
  scratch = await scratchFolder();
  store = await openStore(join(scratch.folder, 'lab.duckdb'));
  background = openBackground({ permits: async () => true });
  const files = ['/card/a.wav', '/card/b.wav', '/card/c.wav'].map((path, i) => testFile(i, path));
  const results = resultStore(store);
  await results.list('job', files);
  const at = (i: number, startS: number, label: string) =>
    testDetection(files[i]!, startS, { startS, endS: startS + 1, label, peak: 0.75 });
  const found = [[at(0, 1, 'curlew'), at(0, 5, 'curlew')], [at(1, 2, 'rain')], [at(2, 3, 'curlew')]];
  await results.keep(
    'job',
    files.map((file, i) => ({ file, detections: found[i]!, windows: [] })),
  );
});
afterAll(async () => {
  background.close();
  await store.close();
  await scratch.remove();
});

const score = (paths: string[], files: 'marked' | 'all' = 'marked') =>
  scoreRun({ detections: detectionStore(store), background }, 'job', { paths, overlap: 0.5, files });

it('scores the recordings that tables name, an empty one for a silent recording among them', async () => {
  const a = await scratch.write('a.labels.txt', '1.2\t2\tcurlew\n8\t9\towl\n');
  const b = await scratch.write('b.txt', '');
  const scored = await score([a, b]);
  expect(scored).toMatchObject({ overlap: 0.5, files: 2, filesLeftOut: 1, marks: 2 });
  expect(scored.classes.map(({ label, marks, curve }) => ({ label, marks, ...curve[0] }))).toMatchObject([
    { label: 'curlew', marks: 1, threshold: 0.75, detections: 2, matched: 1, precision: 0.5, recall: 1 },
    { label: 'owl', marks: 1, detections: 0, matched: 0, precision: null, recall: 0 },
    { label: 'rain', marks: 0, detections: 1, matched: 0, precision: 0, recall: null },
  ]);
  const all = await score([a, b], 'all');
  expect(all).toMatchObject({ files: 3, filesLeftOut: 0 });
  expect(all.classes[0]!.curve[0]).toMatchObject({ detections: 3, matched: 1 });
});

it('tells the line of a recording that the run did not classify', async () => {
  const header = 'Begin Time (s)\tEnd Time (s)\tBegin Path\tSpecies\n';
  const path = await scratch.write(
    'c.txt',
    `${header}1\t2\t/card/a.wav\tcurlew\n1\t2\t/card/d.wav\tcurlew\n`,
  );
  await expect(score([path])).rejects.toMatchObject({ code: 'FILE_NOT_FOUND', context: { path, line: 3 } });
});

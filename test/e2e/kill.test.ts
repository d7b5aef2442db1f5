/** The lab is killed without warning, again and again: what it had told of as stored is there afterwards. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { wavBytes } from '../../main/recordings/testing.ts';
import { resources } from '../../main/resources.ts';
import type { Board, Clip, ExpertInfo, TelemetryRecord } from '../../main/contract/types.ts';
import { openStore } from '../../main/store/open-store.ts';
import { telemetryStore } from '../../main/store/telemetry-store.ts';
import { ended, removeFolder, startLab, temporaryFolder, until } from './lab-process.ts';

let folder: string;
beforeEach(async () => void (folder = await temporaryFolder()));
afterEach(() => removeFolder(folder));

const key = (record: TelemetryRecord) => `${record.boardId}/${record.bootId}/${record.sequence}`;

test('kill -9 of the lab loses no acknowledged record, and the next start goes on', async () => {
  const told: TelemetryRecord[] = [];
  for (let round = 0; round < 4; round++) {
    const lab = await startLab(folder);
    const [board] = (await lab.client.request('boards.list', {})) as [Board];
    const boardId = board.id;
    const [clip] = (await lab.client.request('clips.list', {})) as [Clip];
    if (round === 0) {
      const [expert] = (await lab.client.request('experts.list', {})) as [ExpertInfo];
      const job = await ended(
        lab.client,
        await lab.client.request('deploy.start', { boardId, expertId: expert.id }),
      );
      expect(job.error).toBeNull();
    } else {
      // The virtual board kept its flash: the expert deployed in the first round is active again.
      expect(board.activeExpert).not.toBeNull();
    }
    // An event is sent once its records are durable, and the board is told after that: what was told is a superset.
    const before = told.length;
    lab.client.on('telemetry', ({ records }) => told.push(...records));
    await lab.client.request('play.start', { boardId, source: { kind: 'clip', clipId: clip.id } });
    await until(() => told.length > before + round);
    await lab.stop('SIGKILL');

    const store = await openStore(join(folder, 'lab.duckdb'));
    const stored = await telemetryStore(store).records(boardId, 100_000);
    await store.close();
    const keys = new Set(stored.map(key));
    expect(told.filter((record) => !keys.has(key(record)))).toEqual([]);
    expect(keys.size).toBe(stored.length);
  }
  expect(told.length).toBeGreaterThan(4);
});

test('a classification cut off by kill -9 goes on where it was, and finds what an unbroken one finds', async () => {
  const recordings = join(folder, 'recordings');
  await mkdir(recordings);
  // Ten minutes of a tone that wanders, then a file that is quickly done.
  const long = Float32Array.from(
    { length: 600 * 16_000 },
    (_, i) => 0.3 * Math.sin(i * (0.05 + 0.04 * Math.sin(i / 3e6))),
  );
  await writeFile(join(recordings, 'a-long.wav'), wavBytes([long], { sampleRate: 16_000 }));
  await copyFile(join(resources.bank, 'clips', 'rain.ogg'), join(recordings, 'b-short.ogg'));
  process.env['HOME'] = folder;

  let lab = await startLab(join(folder, 'data'));
  const [expert] = (await lab.client.request('experts.list', {})) as [ExpertInfo];
  const request = { paths: [recordings], modelId: expert.id };
  const begun = new Promise<void>((resolve) => {
    lab.client.on('job', ({ progress }) => (progress ?? 0) > 0.2 && resolve());
  });
  const cut = await lab.client.request('classify.start', request);
  await begun;
  await lab.stop('SIGKILL');

  lab = await startLab(join(folder, 'data'));
  const left = (await lab.client.request('jobs.list', {})).find((job) => job.id === cut.id);
  expect(left).toMatchObject({ state: 'paused' });
  const resumed = await ended(lab.client, await lab.client.request('jobs.resume', { jobId: cut.id }));
  expect(resumed).toMatchObject({ state: 'done', result: { files: 2, failed: 0 } });
  const whole = await ended(lab.client, await lab.client.request('classify.start', request));
  const found = async (jobId: string) => {
    const strip = <T extends { jobId: string }>(rows: T[]) => rows.map((row) => ({ ...row, jobId: '' }));
    return {
      files: strip(await lab.client.request('classify.files', { jobId, limit: 1000 })),
      detections: strip(await lab.client.request('classify.detections', { jobId, limit: 1000 })),
    };
  };
  expect(await found(cut.id)).toEqual(await found(whole.id));
  await lab.stop();
});

/** The lab is killed without warning, again and again: what it had told of as stored is there afterwards. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { join } from 'node:path';
import type { Board, Clip, ExpertInfo, TelemetryRecord } from '../../main/contract/types.ts';
import { openStore } from '../../main/store/open-store.ts';
import { telemetryStore } from '../../main/store/telemetry-store.ts';
import { killedRuns } from './killed-runs.ts';
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
    lab.client.on('telemetry', (boards) => told.push(...boards.flatMap(({ records }) => records)));
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

test('a classification that is killed again and again goes on, and its exports are those of an unbroken one', async () => {
  const wish = { files: 12, kills: 3, seed: 20261127, say: () => undefined };
  const { kills, runs, differing, filesClassified } = await killedRuns(folder, wish);
  expect({ kills, differing, filesClassified }).toEqual({
    kills: 3,
    differing: 0,
    filesClassified: 12 * runs,
  });
});

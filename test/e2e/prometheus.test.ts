/** A real Prometheus on a lab that runs, with a board that answers. */
import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { resources } from '../../main/resources.ts';
import { curlew, removeFolder, startLab, temporaryFolder, until, type LabProcess } from './lab-process.ts';
import { freePort, startProgram } from './programs.ts';

interface Found {
  metric: Record<string, string>;
  value: [number, string];
}

let folder: string;
let lab: LabProcess;
beforeEach(async () => {
  folder = await temporaryFolder();
  lab = await startLab(folder);
});
afterEach(async () => {
  await lab.stop();
  await removeFolder(folder);
});

const run = (...words: string[]) => curlew(...words, '--data', folder);

test('Prometheus scrapes a board’s figures, with its token alone, and its own check finds nothing', async () => {
  expect(await run('publish', 'test', 'prometheus')).toMatchObject({ code: 1 });
  expect(await run('deploy')).toMatchObject({ code: 0 });
  expect(await run('infer', join(resources.bank, 'clips', 'dog.ogg'))).toMatchObject({ code: 0 });
  const switched = await run('publish', 'prometheus', 'on', '--json');
  const { token, address } = JSON.parse(switched.stdout) as { token: string; address: string };
  expect((await fetch(address)).status).toBe(401);
  expect(await run('publish', 'test', 'prometheus')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/answered 200 with \d+ samples of 1 board, /),
  });

  const answer = await fetch(address, { headers: { Authorization: `Bearer ${token}` } });
  const checked = spawnSync('promtool', ['check', 'metrics'], { input: await answer.text() });
  expect([checked.status, checked.stderr.toString()]).toEqual([0, '']);

  const port = await freePort();
  const { host, pathname } = new URL(address);
  const config = join(folder, 'prometheus.yml');
  await mkdir(join(folder, 'prometheus-data'));
  await writeFile(
    config,
    JSON.stringify({
      scrape_configs: [
        {
          job_name: 'curlew',
          ...{ metrics_path: pathname, scrape_interval: '2s', scrape_timeout: '2s' },
          authorization: { type: 'Bearer', credentials: token },
          static_configs: [{ targets: [host] }],
        },
      ],
    }),
  );
  const prometheus = startProgram('prometheus', [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(folder, 'prometheus-data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ]);
  // Of one moment: a scrape that a busy machine is late with makes what was found before stale.
  const found = async (): Promise<Found[]> => {
    const query = encodeURIComponent('{__name__=~"curlew_.+"}');
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${query}`).catch(() => null);
    if (!response?.ok) return [];
    return ((await response.json()) as { data: { result: Found[] } }).data.result;
  };
  try {
    let scraped: Found[] = [];
    await until(async () => (scraped = await found()).length > 0);
    const [board] = await lab.client.request('boards.list', {});
    const labels = { board: board!.id, name: board!.name, job: 'curlew', instance: host };
    const of = (name: string) =>
      scraped.filter(({ metric }) => metric['__name__'] === `curlew_board_${name}`);
    expect(scraped.every(({ metric }) => metric['board'] === labels.board)).toBe(true);
    expect(of('state')).toMatchObject([
      { metric: { ...labels, state: 'attached' }, value: [expect.anything(), '1'] },
    ]);
    expect(Number(of('hour_inferences')[0]!.value[1])).toBeGreaterThan(5);
    expect(of('latency_seconds').map(({ metric }) => [metric['percentile'], metric['source']])).toEqual([
      ['50', 'modelled'],
      ['95', 'modelled'],
    ]);
    expect(of('alerts_open')).toMatchObject([{ metric: labels, value: [expect.anything(), '0'] }]);
    expect(of('energy_joules')).toMatchObject([{ metric: { ...labels, source: 'modelled' } }]);
    for (const name of ['supply_volts', 'level_dbfs', 'noise_floor_dbfs', 'clipped_ratio'])
      expect([name, of(name).length]).toEqual([name, 1]);
    // What a board does not tell is no sample of it: a virtual one has no thermometer.
    expect(of('temperature_celsius')).toEqual([]);
  } finally {
    await prometheus.stop();
  }
});

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { boardMetrics } from './board-metrics.ts';
import { exposition } from './exposition.ts';
import { Prometheus } from './prometheus.ts';
import type { ServedPlace } from './scrape-itself.ts';

interface Read {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** Reads the text format and takes nothing else: every sample's metric has its HELP and TYPE above it, once. */
function parse(text: string): Read[] {
  expect(text.endsWith('\n')).toBe(true);
  const helped: string[] = [];
  const typed: string[] = [];
  const read: Read[] = [];
  for (const line of text.slice(0, -1).split('\n')) {
    const about = /^# (HELP|TYPE) ([a-z_]+) (.+)$/.exec(line);
    if (about) {
      const [, what, name] = about as unknown as [string, string, string];
      const list = what === 'HELP' ? helped : typed;
      expect(list).not.toContain(name);
      if (what === 'TYPE') expect([about[3], helped.at(-1)]).toEqual(['gauge', name]);
      list.push(name);
      continue;
    }
    const sample = /^([a-z_]+)(?:\{(.*)\})? (NaN|[+-]Inf|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/.exec(line);
    expect(sample, line).not.toBeNull();
    const [, name, inside = '', value] = sample as unknown as [string, string, string | undefined, string];
    expect(typed.at(-1)).toBe(name);
    const labels: Record<string, string> = {};
    let rest = inside;
    while (rest !== '') {
      const pair = /^([a-z_]+)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/.exec(rest);
      expect(pair, rest).not.toBeNull();
      labels[pair![1]!] = pair![2]!.replace(/\\(.)/g, (_all, one: string) => (one === 'n' ? '\n' : one));
      rest = rest.slice(pair![0].length);
    }
    read.push({ name, labels, value: Number(value) });
  }
  return read;
}

describe('what Prometheus is told', () => {
  const nobody = { name: 'Hut "north"\\\n', site: 'é', group: '' };
  const labels = { board: 'b1', ...nobody };
  const did = {
    ...{ boardId: 'b1', records: 7, latencyUs: { p50: 2500, p95: 4000 }, latencySource: 'measured' as const },
    ...{ energyNanojoule: { mean: 12, total: 84 }, energySource: 'modelled' as const },
    ...{ topProbability: 0.5, entropy: null, curiosity: 1e-7, firstMs: 1, lastMs: 2 },
    ...{ levelDb: -31.5, noiseFloorDb: -60, clippedShare: 0 },
  };
  const said = { supplyMillivolts: 3300, temperatureC: -4.5, lastSeenMs: 1_790_000_000_250 };
  const told = exposition(
    boardMetrics([
      { board: { id: 'b1', state: 'attached', ...said }, ...nobody, alertsOpen: 2, did },
      { board: { id: 'b2', state: 'absent', ...said }, ...nobody, alertsOpen: 0, did: null },
    ]),
  );

  it('is in base units, with where a figure comes from, and names are as they are', async () => {
    expect(parse(await told)).toEqual([
      { name: 'curlew_board_state', labels: { ...labels, state: 'attached' }, value: 1 },
      { name: 'curlew_board_state', labels: { ...labels, board: 'b2', state: 'absent' }, value: 1 },
      { name: 'curlew_board_last_seen_timestamp_seconds', labels, value: 1_790_000_000.25 },
      {
        name: 'curlew_board_last_seen_timestamp_seconds',
        labels: { ...labels, board: 'b2' },
        value: 1_790_000_000.25,
      },
      { name: 'curlew_board_alerts_open', labels, value: 2 },
      { name: 'curlew_board_alerts_open', labels: { ...labels, board: 'b2' }, value: 0 },
      // What a board that is away said last is no figure of now.
      { name: 'curlew_board_supply_volts', labels, value: 3.3 },
      { name: 'curlew_board_temperature_celsius', labels, value: -4.5 },
      { name: 'curlew_board_hour_inferences', labels, value: 7 },
      {
        name: 'curlew_board_latency_seconds',
        labels: { ...labels, source: 'measured', percentile: '50' },
        value: 0.0025,
      },
      {
        name: 'curlew_board_latency_seconds',
        labels: { ...labels, source: 'measured', percentile: '95' },
        value: 0.004,
      },
      { name: 'curlew_board_energy_joules', labels: { ...labels, source: 'modelled' }, value: 1.2e-8 },
      { name: 'curlew_board_top_probability_ratio', labels, value: 0.5 },
      { name: 'curlew_board_curiosity', labels, value: 1e-7 },
      { name: 'curlew_board_level_dbfs', labels, value: -31.5 },
      { name: 'curlew_board_noise_floor_dbfs', labels, value: -60 },
      { name: 'curlew_board_clipped_ratio', labels, value: 0 },
    ]);
  });
});

describe('a scrape', () => {
  let folder: string;
  let prometheus: Prometheus;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'curlew-prometheus-'));
    prometheus = new Prometheus(
      folder,
      () => null,
      async () => 'told\n',
    );
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is nothing until it is switched on, and again once it is off', async () => {
    expect(await prometheus.setting()).toEqual({ on: false, token: null, address: null });
    expect(await prometheus.scrape('none')).toEqual({ outcome: 'off', text: null });
    const { token } = await prometheus.turn(true);
    expect(await prometheus.scrape(token!)).toEqual({ outcome: 'told', text: 'told\n' });
    await prometheus.turn(false);
    expect(await prometheus.scrape(token!)).toEqual({ outcome: 'off', text: null });
  });

  it('is refused without the token, and with one from before; the token itself is kept nowhere', async () => {
    const before = (await prometheus.turn(true)).token!;
    const now = (await prometheus.turn(true)).token!;
    expect((await prometheus.scrape(before)).outcome).toBe('refused');
    expect((await prometheus.scrape('none')).outcome).toBe('refused');
    expect(await prometheus.setting()).toEqual({ on: true, token: null, address: null });
    expect(await readFile(join(folder, 'prometheus.json'), 'utf8')).not.toContain(now);
  });

  it('is tried over the address where the lab is served, with a token that is good for this once', async () => {
    const given: string[] = [];
    const server = createServer(({ headers: { authorization = '' } }, response) => {
      given.push(authorization.replace('Bearer ', ''));
      void prometheus.scrape(given.at(-1)!).then(({ outcome, text }) => {
        response.writeHead(outcome === 'told' ? 200 : 401);
        response.end(text ?? 'no');
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const text = '# HELP a b\n# TYPE a gauge\na{board="1"} 1\na{board="2"} 1\nb{board="2",c="d"} 1\n';
    let place: ServedPlace | null = null;
    prometheus = new Prometheus(
      folder,
      () => place,
      async () => text,
    );
    expect(await prometheus.test()).toMatchObject({
      ok: false,
      text: expect.stringContaining('switch it on'),
    });
    await prometheus.turn(true);
    expect(await prometheus.test()).toMatchObject({
      ok: false,
      text: expect.stringContaining('curlew serve'),
    });
    place = { address, certificate: null };
    expect(await prometheus.test()).toMatchObject({
      ok: true,
      text: expect.stringContaining('answered 200 with 3 samples of 2 boards'),
    });
    expect(await prometheus.setting()).toMatchObject({ address: `${address}/metrics` });
    expect((await prometheus.scrape(given[0]!)).outcome).toBe('refused');
    await once(server.close(), 'close');
    expect(await prometheus.test()).toMatchObject({
      ok: false,
      text: expect.stringContaining('did not answer'),
    });
  });

  it('is refused in a sentence where what is kept is damaged', async () => {
    await writeFile(join(folder, 'prometheus.json'), '{');
    await expect(prometheus.scrape('none')).rejects.toMatchObject({ code: 'FILE_DAMAGED' });
  });
});

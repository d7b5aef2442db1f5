/** `curlew power …` on the built lab, with a scripted Power Profiler Kit 2 on a pseudo-terminal. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { onTerminal, type Terminal } from '../../devices/drivers/testing/pseudo-terminal.ts';
import { readingOf, ScriptedPpk2, type Script } from '../../devices/drivers/ppk2/testing/scripted-ppk2.ts';
import { realClock } from '../../devices/protocol/clock.ts';
import type { Capture, EnergyResult } from '../../main/contract/types.ts';
import {
  curlew,
  removeFolder,
  startCurlew,
  startLab,
  temporaryFolder,
  until,
  type LabProcess,
} from './lab-process.ts';

let folder: string;
let data: string[];
let lab: LabProcess;
let terminal: Terminal<ScriptedPpk2> | null = null;

beforeAll(async () => {
  folder = await temporaryFolder();
  data = ['--data', join(folder, 'data')];
  lab = await startLab(join(folder, 'data'));
});
afterEach(async () => {
  await terminal?.close();
  terminal = null;
});
afterAll(async () => {
  await lab.stop();
  await removeFolder(folder);
});

async function kit(script: Script = {}): Promise<string> {
  terminal = await onTerminal((send, hangUp) => new ScriptedPpk2(script, realClock, send, hangUp));
  return terminal.path;
}
const run = async <T>(...words: string[]) => {
  const { code, stdout, stderr } = await curlew(...words, '--json', ...data);
  return { code, stderr, told: JSON.parse(stdout) as T };
};
interface Refusal {
  error: { code: string; message: string; context: { captureId?: string } };
}

const supply = ['--millivolts', '3000'];
const [asleep, awake] = [readingOf(20e-6, 0, 0), readingOf(4e-3, 2, 1)];
/** 40 ms of inference every 100 ms. */
const inferences = (sample: number) => (sample % 10_000 < 4000 ? awake : asleep);

test('a recording of a kit becomes energies of inferences, a file, a capture of the file, and a battery’s days', async () => {
  const port = await kit({ reading: inferences, pieces: [4093, 1, 77, 1024] });
  const recorded = await run<Capture>(
    ...['power', 'record', port, ...supply, '--meter', 'source', '--seconds', '1.5', '--name', 'first'],
  );
  expect(recorded.code).toBe(0);
  expect(recorded.told).toMatchObject({ samples: 150_000, lost: 0, mode: 'source', millivolts: 3000 });
  expect(terminal!.peer).toMatchObject({ measuring: false, power: true, mode: 2, millivolts: 3000 });

  const found = await run<EnergyResult>('power', 'energy', 'first', '--pin', '0');
  expect(found.code).toBe(0);
  expect(found.told.marked!.count).toBeGreaterThanOrEqual(14);
  const expected = 3 * awake.amperes * 0.04;
  expect(Math.abs(found.told.marked!.joules!.mean / expected - 1)).toBeLessThan(1e-3);
  const file = join(folder, 'first.parquet');
  expect((await run('power', 'export', 'first', file)).code).toBe(0);
  const again = await run<Capture>('power', 'import', file, '--name', 'again');
  expect(again.told).toMatchObject({ samples: 150_000, lost: 0, millivolts: 3000, name: 'again' });
  const battery = await run<{ days: number; source: string }>(
    ...['power', 'battery', 'again', '--cell', '3 × AA alkaline', '--pin', '0', '--period', '10'],
  );
  expect(battery.told.source).toBe('modelled');
  const usable = 3.75 * 2.85 * 3600 * 0.7;
  const daily = 86_400 * (expected / 10 + 3 * asleep.amperes) + (usable * 0.03) / 365.25;
  // Right behind a burst the maker's filter tells more than is drawn asleep: 7 % of it here.
  expect(battery.told.days / (usable / daily)).toBeGreaterThan(0.9);
  expect(battery.told.days / (usable / daily)).toBeLessThan(1.01);
});

test('Ctrl-C ends a recording, and what was taken is kept', async () => {
  const going = startCurlew('power', 'record', await kit(), ...supply, '--name', 'ended', '--json', ...data);
  await until(async () => {
    const all = await lab.client.request('power.captures', {});
    return all.some(({ name, samples }) => name === 'ended' && samples > 20_000);
  });
  going.child.kill('SIGINT');
  const { code, stdout } = await going.ended;
  expect(code).toBe(0);
  const capture = JSON.parse(stdout) as Capture;
  expect(capture).toMatchObject({ state: 'ended', problem: null, lost: 0 });
  expect(capture.samples).toBeGreaterThan(20_000);
  expect(terminal!.peer.measuring).toBe(false);
});

test('samples that were lost are told of by the exit code', async () => {
  const port = await kit({ troubles: [{ kind: 'lost', at: 10_000, samples: 33 }] });
  const { code, told } = await run<Capture>('power', 'record', port, ...supply, '--seconds', '0.5');
  expect(code).toBe(3);
  expect(told).toMatchObject({ samples: 50_000, lost: 33 });
});

test('a trigger begins a recording, with so much from before it', async () => {
  const port = await kit({ reading: (sample) => (sample > 60_000 ? awake : asleep) });
  const { told } = await run<Capture>(
    ...['power', 'record', port, ...supply, '--trigger', 'high=0', '--before-trigger', '0.25'],
    ...['--seconds', '0.2', '--name', 'triggered'],
  );
  expect(told).toMatchObject({ samples: 45_000, trigger: { on: 'high', pin: 0, atSample: 25_000 } });
});

test.each<[string, Script, string]>([
  ['falls silent', { troubles: [{ kind: 'silence', at: 40_000 }] }, 'BOARD_SILENT'],
  ['is pulled out', { troubles: [{ kind: 'gone', at: 40_000 }] }, 'PORT_LOST'],
])('a kit that %s fails the recording, and what it sent is kept', async (_what, script, code) => {
  const failed = await run<Refusal>('power', 'record', await kit(script), ...supply);
  expect(failed.code).toBe(1);
  expect(failed.told.error.code).toBe(code);
  const captureId = failed.told.error.context.captureId ?? '';
  const all = await lab.client.request('power.captures', {});
  const kept = all.find(({ id }) => id === captureId) ?? all[0]!;
  expect(kept.state).toBe('ended');
  expect(kept.samples).toBeGreaterThan(38_000);
  expect(kept.problem).not.toBeNull();
});

test('what is no kit is named, and nothing is kept of it', async () => {
  const before = (await lab.client.request('power.captures', {})).length;
  const port = await kit({ metadata: 'uart:~$ ' });
  const { code, told } = await run<Refusal>('power', 'record', port, ...supply);
  expect([code, told.error.code]).toEqual([1, 'PORT_OTHER']);
  expect(told.error.message).toContain('a shell');
  expect((await lab.client.request('power.captures', {})).length).toBe(before);
});

test.each([
  [['power', 'record', '/dev/null', '--millivolts', '700'], /800 to 5000/],
  [['power', 'record', '/dev/null', ...supply, '--trigger', 'loud'], /above=AMPERES/],
  [['power', 'energy', 'first', '--stages', 'encoder'], /NAME=INPUT/],
  [['power', 'export', 'first', 'a.xlsx'], /\.csv, \.parquet, \.ppk2/],
  [['power', 'battery', 'first', '--cell', 'potato'], /no usual battery “potato”/],
])('what cannot be meant is refused before anything begins: %j', async (words, why) => {
  const { code, told } = await run<Refusal>(...words);
  expect([code, told.error.message]).toEqual([2, expect.stringMatching(why)]);
});

test('a lab that is killed while it records leaves a capture that the next one reads', async () => {
  const port = await kit({ reading: inferences });
  const place = join(folder, 'killed');
  const victim = await startLab(place);
  await victim.client.request('power.record', {
    ...{ portId: port, name: 'cut', mode: 'ampere', millivolts: 3000 },
  });
  await until(async () => ((await victim.client.request('power.captures', {}))[0]?.samples ?? 0) > 100_000);
  await victim.stop('SIGKILL');
  const next = await startLab(place);
  const [capture] = await next.client.request('power.captures', {});
  const drawn = await next.client.request('power.envelope', { captureId: capture!.id, points: 100 });
  expect(drawn.samples).toBeGreaterThanOrEqual(98_304);
  expect(drawn.samples % 4096).toBe(0);
  const [after] = await next.client.request('power.captures', {});
  expect(after).toMatchObject({ state: 'cut', samples: drawn.samples, lost: 0 });
  const { marked } = await next.client.request('power.energy', { captureId: capture!.id, pin: 0 });
  expect(Math.abs(marked!.joules!.mean / (3 * awake.amperes * 0.04) - 1)).toBeLessThan(1e-3);
  await next.stop();
});

test('a table of the maker’s program is read, and a deleted capture is gone with its samples', async () => {
  const file = join(folder, 'ppk-20261128.csv');
  const rows = Array.from({ length: 100 }, (_, at) => `${(at / 100).toFixed(2)},${1000 + at},00000000`);
  await writeFile(file, `Timestamp(ms),Current(uA),D0-D7\n${rows.join('\n')}\n`);
  const { told } = await run<Capture>('power', 'import', file);
  expect(told).toMatchObject({
    name: 'ppk-20261128',
    samples: 100,
    samplesPerSecond: 100_000,
    millivolts: null,
  });
  const untold = await run<Refusal>('power', 'energy', 'ppk-20261128');
  expect(untold.told.error.message).toContain('Nobody told what');
  expect((await run('power', 'delete', 'ppk-20261128', '--yes')).code).toBe(0);
  const manifest = join(folder, 'data', 'captures', told.id, 'capture.json');
  await expect(readFile(manifest)).rejects.toMatchObject({ code: 'ENOENT' });
});

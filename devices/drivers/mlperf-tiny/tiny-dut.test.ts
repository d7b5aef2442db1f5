import { afterEach, expect, test } from 'vitest';
import type { CurlewError } from '../../../main/contract/error.ts';
import { realClock } from '../../protocol/clock.ts';
import { TestClock } from '../../protocol/test-clock.ts';
import { otherPort } from '../testing/scripted-port.ts';
import { serialPort } from '../serial-port.ts';
import { command, mostInputBytes } from './commands.ts';
import { TinyDut } from './tiny-dut.ts';
import { dutModel, startDut, type DutProcess } from './testing/dut-process.ts';
import { dutPort, type DutScript } from './testing/scripted-dut.ts';

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

async function opened(script: DutScript) {
  const clock = new TestClock();
  const { port, peer, isOpen } = dutPort(script);
  const dut = await clock.run(TinyDut.open(port, { clock }));
  return { clock, peer, dut, isOpen };
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    ({ code }: CurlewError) => code,
  );

const all = async (script: DutScript) => {
  const { dut, clock, peer } = await opened(script);
  const input = Uint8Array.from({ length: 67 }, (_, at) => 251 - at);
  await clock.run(dut.load(input));
  const loaded = await clock.run(dut.loaded());
  const inferred = await clock.run(dut.infer(4, 2));
  return { identity: dut.identity, loaded: [...loaded], inferred, told: peer.told };
};

test('it is identified, given an input, read back and inferred, each as the protocol has it', async () => {
  const { identity, loaded, inferred, told } = await all({});
  expect(identity).toEqual({
    ...{ vendor: 'scripted', firmware: 'ULPMark for tinyML Firmware V0.0.1' },
    ...{ model: 'kws01', mode: 'performance', simulated: false },
  });
  expect(loaded).toEqual(Array.from({ length: 67 }, (_, at) => 251 - at));
  expect(inferred).toEqual({ microseconds: 400, results: [0.25, 0.75] });
  expect(told.filter((one) => !/^db [0-9a-f]/.test(one))).toEqual([
    'name',
    'profile',
    'timestamp',
    'db load 67',
    'db print',
    'infer 4 2',
  ]);
  for (const one of told) expect(`${one}%`.length).toBeLessThanOrEqual(64);
});

const longest = 'm-profile-[ULPMark for tinyML Firmware V0.0.1]\r\nm-model-[kws01]\r\nm-ready\r\n'.length;
test('every answer is the same wherever its bytes are split', async () => {
  const whole = await all({});
  for (let at = 1; at <= longest; at++) expect(await all({ pieces: [at, 1000] })).toEqual(whole);
  expect(await all({ pieces: [1] })).toEqual(whole);
});

test.each(['\n', '\r', '\n\r', '\r\n\r\n', ' \r\n'])(
  'lines that end with %j are lines, too',
  async (lineEnd) => {
    expect(await all({ lineEnd })).toEqual(await all({}));
  },
);

test('in energy mode it is known by telling no time, and its inferences have none', async () => {
  const { identity, inferred } = await all({ mode: 'energy' });
  expect(identity.mode).toBe('energy');
  expect(inferred.microseconds).toBeNull();
});

test('a counter of microseconds that begins again meanwhile tells the time that passed', async () => {
  const { inferred } = await all({ clockUs: 2 ** 32 - 250, microseconds: 100 });
  expect(inferred.microseconds).toBe(400);
});

test('a clock too coarse to tell its inferences apart tells no time', async () => {
  const { inferred } = await all({ microseconds: 0 });
  expect(inferred.microseconds).toBe(0);
});

test('what firmware for streams echoes and prints beside its answers is passed over', async () => {
  const { dut } = await opened({
    says: { name: 'Received command: name\r\nhello\r\nm-name-dut-[streams]\r\nm-ready\r\n' },
  });
  expect(dut.identity.vendor).toBe('streams');
});

test('one that is starting, or was left in the middle of a word, is asked again', async () => {
  const clock = new TestClock();
  const { port, peer } = dutPort({});
  const opening = clock.run(
    TinyDut.open(
      {
        ...port,
        async open() {
          const stream = await port.open();
          clock.after(50, () => peer.say('m-timestamp-mode-performance\r\nm-lap-us-3\r\nm-init-d'));
          clock.after(90, () => peer.say('one\r\nm-ready\r\n'));
          peer.hear(ascii('db lo'));
          return stream;
        },
      },
      { clock },
    ),
  );
  expect((await opening).identity.vendor).toBe('scripted');
  expect(peer.told.slice(0, 2)).toEqual(['db loname', 'name']);
});

test.each<[string, DutScript, string]>([
  ['says nothing', { says: { name: '' } }, 'BOARD_SILENT'],
  ['never gets ready', { says: { name: 'm-name-dut-[x]\r\n' } }, 'BOARD_SILENT'],
  ['breaks off in a line', { says: { profile: 'm-profile-[ULP' } }, 'BOARD_SILENT'],
  ['names no model', { says: { profile: 'm-profile-[x]\r\nm-ready\r\n' } }, 'BOARD_BAD_REPLY'],
  ['refuses its name', { says: { name: 'e-[Unknown command: name]\r\nm-ready\r\n' } }, 'BOARD_REFUSED'],
  ['refuses its profile', { says: { profile: 'e-[no]\r\nm-ready\r\n' } }, 'BOARD_REFUSED'],
])('one that %s is given up, and its port let go', async (_what, script, code) => {
  const clock = new TestClock();
  const { port, isOpen } = dutPort(script);
  expect(await codeOf(clock.run(TinyDut.open(port, { clock })))).toBe(code);
  expect(isOpen()).toBe(false);
});

const noise = Uint8Array.from({ length: 4000 }, (_, at) => (at * 197) & 0xff);
const chatter = ascii('temperature 21.5 C\r\n'.repeat(200));
test.each([
  ['bytes that are no text', noise],
  ['text without an end', chatter],
])('babble of %s ends in an error, not in a wait', async (_what, says) => {
  const clock = new TestClock();
  const { port, isOpen } = otherPort(says, clock, 4);
  expect(await codeOf(clock.run(TinyDut.open(port, { clock })))).toBe('BOARD_GARBAGE');
  expect(isOpen()).toBe(false);
});

test.each<[string, string, string]>([
  ['no times', 'm-infer-start-4\r\nm-infer-done\r\nm-results-[1]\r\nm-ready\r\n', 'BOARD_BAD_REPLY'],
  [
    'one time',
    'm-infer-start-4\r\nm-lap-us-5\r\nm-infer-done\r\nm-results-[1]\r\nm-ready\r\n',
    'BOARD_BAD_REPLY',
  ],
  [
    'a clock that goes back',
    'm-infer-start-4\r\nm-lap-us-5000000005\r\nm-lap-us-5\r\nm-infer-done\r\nm-results-[1]\r\nm-ready\r\n',
    'BOARD_BAD_REPLY',
  ],
  [
    'results that are no numbers',
    'm-infer-start-4\r\nm-lap-us-5\r\nm-lap-us-9\r\nm-infer-done\r\nm-results-[0.1,nan]\r\nm-ready\r\n',
    'BOARD_BAD_REPLY',
  ],
  [
    'no results',
    'm-infer-start-4\r\nm-lap-us-5\r\nm-lap-us-9\r\nm-infer-done\r\nm-ready\r\n',
    'BOARD_BAD_REPLY',
  ],
  ['an error', 'm-warmup-start-2\r\ne-[no input]\r\nm-ready\r\n', 'BOARD_REFUSED'],
  [
    'a restart',
    'm-infer-start-4\r\nm-lap-us-5\r\nm-timestamp-mode-performance\r\nm-lap-us-1\r\nm-init-done\r\nm-ready\r\n',
    'BOARD_BAD_REPLY',
  ],
  ['nothing', '', 'BOARD_SILENT'],
])('inferences that are answered with %s are refused', async (_what, infer, code) => {
  const { dut, clock } = await opened({ says: { infer } });
  expect(await codeOf(clock.run(dut.infer(4, 2)))).toBe(code);
});

test('after an error line it goes on; after a silence nothing is asked any more', async () => {
  const { dut, clock, peer } = await opened({ says: { infer: 'e-[no]\r\nm-ready\r\n', results: '' } });
  expect(await codeOf(clock.run(dut.infer(1, 0)))).toBe('BOARD_REFUSED');
  await clock.run(dut.load(Uint8Array.of(1, 2)));
  expect(peer.input).toEqual([1, 2]);
  const quiet = await opened({ says: { 'db print': '' } });
  expect(await codeOf(quiet.clock.run(quiet.dut.loaded()))).toBe('BOARD_SILENT');
  const asked = quiet.peer.told.length;
  expect(await codeOf(quiet.clock.run(quiet.dut.infer(1, 0)))).toBe('BOARD_SILENT');
  expect(quiet.peer.told).toHaveLength(asked);
});

test.each<[string, DutScript['says']]>([
  ['the size is not the one that was told', { 'db load': 'm-[Expecting 3 bytes]\r\nm-ready\r\n' }],
  ['its end is not told', { 'db 0': 'm-ready\r\n' }],
])('an input is not taken for loaded where %s', async (_what, says) => {
  const { dut, clock } = await opened({ says: says! });
  expect(await codeOf(clock.run(dut.load(Uint8Array.of(1, 2))))).toBe('BOARD_BAD_REPLY');
});

test('an input that there is no room for is not begun: the firmware would write beyond its buffer', async () => {
  const { dut, clock, peer } = await opened({});
  const asked = peer.told.length;
  for (const bytes of [0, mostInputBytes + 1])
    expect(await codeOf(clock.run(dut.load(new Uint8Array(bytes))))).toBe('REQUEST_INVALID');
  expect(peer.told).toHaveLength(asked);
  expect(command.load(mostInputBytes)).toBe('db load 27648');
  for (const count of [0, -1, 1.5, 2 ** 31])
    expect(() => command.infer(count, 0)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
});

test('inferences that are expected to last are waited for, and taking the question back ends the wait', async () => {
  const { dut, clock } = await opened({ says: { infer: '' } });
  const beganMs = clock.nowMs();
  expect(await codeOf(clock.run(dut.infer(1, 0, { expectedMs: 60_000 })))).toBe('BOARD_SILENT');
  expect(clock.nowMs() - beganMs).toBe(180_000);
  const other = await opened({ says: { infer: '' } });
  const stop = new AbortController();
  const asked = other.dut.infer(1, 0, { signal: stop.signal });
  other.clock.after(10, () => stop.abort());
  expect(await codeOf(other.clock.run(asked))).toBe('ABORTED');
});

let running: DutProcess | null = null;
afterEach(async () => {
  await running?.close();
  running = null;
});

test('the process that computes is identified as simulated, and answers as its times pass', async () => {
  running = await startDut('performance');
  const dut = await TinyDut.open(serialPort(running.path, { baudRate: 115_200 }), { clock: realClock });
  expect(dut.identity).toMatchObject({ vendor: 'curlew-simulated', model: 'esc10', simulated: true });
  const input = Uint8Array.from({ length: dutModel.inputBytes }, (_, at) => (at * at) % 251);
  await dut.load(input);
  expect(await dut.loaded()).toEqual(input);
  const once = await dut.infer(1, 0);
  const thrice = await dut.infer(3, 1);
  expect(thrice.results).toEqual(once.results);
  expect(once.results).toHaveLength(10);
  expect(thrice.microseconds).toBeGreaterThan(0);
  await dut.load(input.subarray(0, 100));
  await expect(dut.infer(1, 0)).rejects.toMatchObject({ code: 'BOARD_REFUSED' });
  await dut.close();
});

test('in energy mode its pin falls before and after its inferences, and is high between', async () => {
  const changes: boolean[] = [];
  running = await startDut('energy', (high) => changes.push(high));
  const dut = await TinyDut.open(serialPort(running.path, { baudRate: 9600 }), { clock: realClock });
  expect(dut.identity.mode).toBe('energy');
  await dut.load(new Uint8Array(dutModel.inputBytes));
  changes.length = 0;
  expect((await dut.infer(2, 0)).microseconds).toBeNull();
  await expect.poll(() => changes).toEqual([false, true, false, true]);
  await dut.close();
});

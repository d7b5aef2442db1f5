import { expect, test } from 'vitest';
import type { CurlewError } from '../../../main/contract/error.ts';
import { TestClock } from '../../protocol/test-clock.ts';
import type { Port } from '../port.ts';
import { otherPort } from '../testing/scripted-port.ts';
import { SampleDecoder } from './decode.ts';
import { isPpk2 } from './identify.ts';
import { Ppk2 } from './ppk2.ts';
import { SampleClock } from './sample-clock.ts';
import { ppk2Port } from './testing/scripted-port.ts';
import { metadataText, type Script, type Trouble } from './testing/scripted-ppk2.ts';

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const answerOf = (clock: TestClock, port: Port) =>
  clock.run(
    Ppk2.open(port, { clock }).then(
      () => ({ code: 'opened', message: '' }),
      ({ code, message }: CurlewError) => ({ code, message }),
    ),
  );

test.each([
  ['1915:c00a:E5F1', true],
  ['1915:C00A:', true],
  ['1915:c00a', true],
  ['1915:c00b:E5F1', false],
  ['10c4:ea60:1915:c00a', false],
  [null, false],
])('what USB tells as %s: a kit is %s', (usb, is) => {
  expect(isPpk2(usb)).toBe(is);
});

test('its calibration is read, its mode, voltage and power set, and each as the bytes it knows', async () => {
  const clock = new TestClock();
  const { port, peer } = ppk2Port({ metadata: { R2: 10.5, o4: 12.5, VDD: 3300, S0: 0 } }, clock);
  const kit = await clock.run(Ppk2.open(port, { clock }));
  expect(kit.metadata.calibration[2]!.r).toBe(10.5);
  expect(kit.metadata.calibration[4]!.o).toBe(12.5);
  expect(kit.metadata.vddMillivolts).toBe(3300);
  await kit.setUp('source', 1850);
  await kit.power(true);
  expect(peer).toMatchObject({ mode: 2, millivolts: 1850, power: true, measuring: false });
  await clock.run(kit.start({ bytes: () => undefined, failed: () => undefined }));
  expect(peer.measuring).toBe(true);
  await kit.close();
  expect(peer.measuring).toBe(false);
  expect(peer.told).toEqual([0x07, 0x19, 0x11, 0x0d, 0x0c, 0x06, 0x07]);
});

test.each([799, 5001, 3300.5, NaN])(
  'a supply of %d mV is refused before anything is sent',
  async (millivolts) => {
    const clock = new TestClock();
    const { port, peer } = ppk2Port({}, clock);
    const kit = await clock.run(Ppk2.open(port, { clock }));
    await expect(kit.setUp('source', millivolts)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    expect(peer.told).toEqual([0x07, 0x19]);
  },
);

test('one that measures still for a program that died is stopped, and then asked', async () => {
  const clock = new TestClock();
  const { port } = ppk2Port({ measuring: true }, clock);
  const opening = clock.run(Ppk2.open(port, { clock }));
  await expect(opening).resolves.toBeInstanceOf(Ppk2);
});

test('it is started no sooner than a fifth of a second after a stop', async () => {
  const clock = new TestClock();
  const { port } = ppk2Port({}, clock);
  const kit = await clock.run(Ppk2.open(port, { clock }));
  await kit.stop();
  const stoppedMs = clock.nowMs();
  await clock.run(kit.start({ bytes: () => undefined, failed: () => undefined }));
  expect(clock.nowMs() - stoppedMs).toBe(200);
});

test('metadata come whole wherever their bytes are split', async () => {
  const length = metadataText().length;
  for (let at = 1; at < length; at++) {
    const clock = new TestClock();
    const { port } = ppk2Port({ pieces: [at, length] }, clock);
    expect((await answerOf(clock, port)).code).toBe('opened');
  }
});

const cutShort = metadataText().slice(0, 120);
test.each<[string, Script, string, RegExp]>([
  ['says nothing', { deafTo: [0x19] }, 'BOARD_SILENT', /^Nothing answers at scripted/],
  ['breaks off in its metadata', { metadata: cutShort }, 'BOARD_BAD_REPLY', /broke off/],
  [
    'leaves a constant out',
    { metadata: metadataText().replace('GI3: -nan\n', '') },
    'BOARD_BAD_REPLY',
    /gi3 is missing/,
  ],
  [
    'tells a constant that is no number',
    { metadata: { gs1: '1.0.3' } },
    'BOARD_BAD_REPLY',
    /“gs1: 1\.0\.3”, which is no number/,
  ],
  [
    'does not stop',
    { measuring: true, deafTo: [0x07] },
    'BOARD_REFUSED',
    /measures and does not stop when it is told to/,
  ],
])('one that %s is named as that', async (_what, script, code, message) => {
  const clock = new TestClock();
  const { port, isOpen } = ppk2Port(script, clock);
  expect(await answerOf(clock, port)).toEqual({ code, message: expect.stringMatching(message) });
  expect(isOpen()).toBe(false);
});

test.each([
  ['uart:~$ ', 'PORT_OTHER', 'a shell'],
  ['\r\nERROR\r\n', 'PORT_OTHER', 'a modem'],
  ['Temperature 21.5 C\r', 'BOARD_GARBAGE', '“Temperature 21.5 C”'],
])('another device that says %j is named as what it is', async (says, code, what) => {
  const clock = new TestClock();
  const { port, isOpen } = otherPort(ascii(says), clock);
  const answered = await answerOf(clock, port);
  expect(answered).toEqual({ code, message: expect.stringContaining(what) });
  expect(isOpen()).toBe(false);
});

test('a device that takes not one byte is given up, and its port let go', async () => {
  const clock = new TestClock();
  const { port, isOpen } = ppk2Port({}, clock);
  const stuck: Port = {
    ...port,
    open: async () => ({ ...(await port.open()), write: () => new Promise(() => undefined) }),
  };
  const { code, message } = await answerOf(clock, stuck);
  expect([code, message]).toEqual(['BOARD_SILENT', expect.stringContaining('takes no bytes')]);
  expect(isOpen()).toBe(false);
});

test('babble at the full rate of a line ends in an error, not in a wait', async () => {
  const clock = new TestClock();
  const noise = Uint8Array.from({ length: 4000 }, (_, at) => (at * 197) & 0xff);
  const { port } = otherPort(noise, clock, 4);
  const { code, message } = await answerOf(clock, port);
  expect(code).toBe('BOARD_GARBAGE');
  expect(message).toMatch(/sends (9\d\d|10\d\d) kB\/s/);
});

/** Measures for so long on a scripted kit, as the lab does. */
async function measured(script: Script, ms: number) {
  const clock = new TestClock();
  const { port, peer } = ppk2Port(script, clock);
  const kit = await clock.run(Ppk2.open(port, { clock }));
  const decoder = new SampleDecoder(kit.metadata.calibration, 3);
  const lostBy = new SampleClock();
  let lost = 0;
  let failed: CurlewError | null = null;
  const sink = { sample: () => undefined, lost: (samples: number) => void (lost += samples) };
  await clock.run(
    kit.start({
      bytes(bytes, atMs) {
        decoder.take(bytes, sink);
        lost += lostBy.arrived(atMs, decoder.samples + lost);
      },
      failed: (reason) => void (failed = reason),
    }),
  );
  await clock.turn(ms);
  return { decoder, lost, failed: failed as CurlewError | null, peer };
}

const troubles: Trouble[] = [
  { kind: 'lost', at: 5000, samples: 7 },
  { kind: 'noise', at: 60_000, bytes: [0xff, 0xff, 0xff] },
  { kind: 'lost', at: 100_000, samples: 128 },
];
test.each([[[4096]], [[1, 2, 3, 5, 7, 11]], [[63]], [[40_000]]])(
  'losses, whole turns of the counter among them, are found in pieces of %j bytes',
  async (pieces) => {
    const { decoder, lost } = await measured({ troubles, pieces }, 6000);
    expect(lost).toBe(135);
    expect(decoder.discarded).toBe(3);
    // The last few wait for what follows them.
    expect(decoder.samples + lost).toBeGreaterThan(599_000);
  },
);

test.each<[string, Trouble, string]>([
  ['falls silent', { kind: 'silence', at: 50_000 }, 'BOARD_SILENT'],
  ['is pulled out', { kind: 'gone', at: 50_000 }, 'PORT_LOST'],
])(
  'one that %s while it measures is told of, once, and what it sent is kept',
  async (_what, trouble, code) => {
    const { decoder, failed } = await measured({ troubles: [trouble] }, 5000);
    expect(failed?.code).toBe(code);
    expect(decoder.samples).toBe(50_000);
  },
);

import { expect, test } from 'vitest';
import type { CurlewError } from '../../../main/contract/error.ts';
import { encodeConsole } from '../../protocol/framing.ts';
import { encodeSmp } from '../../protocol/smp.ts';
import { TestClock } from '../../protocol/test-clock.ts';
import { CurlewBoard } from '../curlew/board.ts';
import type { Port } from '../port.ts';
import { ppk2Port } from '../ppk2/testing/scripted-port.ts';
import { metadataText } from '../ppk2/testing/scripted-ppk2.ts';
import { smpPort } from '../smp/testing/scripted-port.ts';
import { otherPort, peerPort } from '../testing/scripted-port.ts';
import { deviceOf, isNamed } from './device.ts';
import { Heard, heardAs } from './heard.ts';
import { identify, otherDevice } from './identify.ts';
import { instrumentOf } from './usb.ts';

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const noise = Uint8Array.from({ length: 4000 }, (_, at) => (at * 197) & 0xff);
const smpAnswer = encodeConsole(
  encodeSmp({
    ...{ operation: 'read', response: true, group: 0, sequence: 1, command: 6 },
    payload: { buf_size: 384 },
  }),
);

/** Answers each command that ends in `%`, as a board under test does. */
const mlperfPort = () =>
  peerPort((send) => {
    let line = '';
    return {
      hear(bytes) {
        line += String.fromCharCode(...bytes);
        for (let end = line.indexOf('%'); end >= 0; end = line.indexOf('%')) {
          const command = line.slice(0, end);
          line = line.slice(end + 1);
          if (command === 'name') send(ascii('m-name-dut-[unspecified]\r\nm-ready\r\n'));
          else send(ascii(`e-[Unknown command: ${command.slice(0, 8)}]\r\nm-ready\r\n`));
        }
      },
      end: () => undefined,
    };
  });
/** Sends all back. */
const loopPort = () => peerPort((send) => ({ hear: (bytes) => send(bytes), end: () => undefined }));
/** Takes not one byte. */
const stuckPort = (clock: TestClock) => {
  const { port, isOpen, peer } = otherPort(ascii(''), clock);
  const stuck: Port = {
    ...port,
    open: async () => ({ ...(await port.open()), write: () => new Promise(() => undefined) }),
  };
  return { port: stuck, isOpen, peer };
};

type Make = (clock: TestClock) => { port: Port; isOpen: () => boolean };
const devices: [what: string, kind: string, make: Make][] = [
  ['a kit that is idle', 'ppk2', (clock) => ppk2Port({}, clock)],
  ['a kit that measures', 'ppk2', (clock) => ppk2Port({ measuring: true }, clock)],
  ['an SMP device', 'smp', (clock) => smpPort({}, clock)],
  ['an SMP device with echo alone', 'smp', (clock) => smpPort({ without: ['0/6', '1', '2', '8'] }, clock)],
  ['a board under an MLPerf Tiny test', 'mlperf-tiny', () => mlperfPort()],
  ['a shell', 'shell', (clock) => otherPort(ascii('\r\nuart:~$ '), clock)],
  ['a console that wants a login', 'shell', (clock) => otherPort(ascii('\r\nraspberrypi login: '), clock)],
  ['a modem', 'modem', (clock) => otherPort(ascii('\r\nERROR\r\n'), clock)],
  [
    'a satellite receiver',
    'satellite',
    (clock) => otherPort(ascii('$GPGGA,1235,4807.038,N\r\n'), clock, 100),
  ],
  ['a loop', 'loop', () => loopPort()],
  ['a logger', 'text', (clock) => otherPort(ascii('21.5 C\r\n'), clock, 200)],
  ['a line at another rate', 'bytes', (clock) => otherPort(Uint8Array.of(0xa5, 0x5a, 0x81, 2), clock)],
  ['a line without power', 'constant', (clock) => otherPort(new Uint8Array(16), clock)],
  ['babble at full rate', 'babble', (clock) => otherPort(noise, clock, 4)],
  ['silence', 'silent', (clock) => otherPort(ascii(''), clock)],
  ['a device that hangs', 'silent', stuckPort],
];

test.each(devices)('%s is told to be %s', async (_what, kind, make) => {
  const clock = new TestClock();
  const stream = await make(clock).port.open();
  const device = await clock.run(identify(stream, 'scripted', clock));
  expect(device.kind).toBe(kind);
  expect(clock.nowMs()).toBeLessThan(15_000);
});

test('a kit that its greeting has started is stopped again', async () => {
  const clock = new TestClock();
  const { port, peer } = ppk2Port({}, clock);
  await clock.run(identify(await port.open(), 'scripted', clock));
  expect(peer.measuring).toBe(false);
});

test.each(devices)(
  'where a board is looked for, %s is named, the port let go, and nothing waits for ever',
  async (_what, kind, make) => {
    const clock = new TestClock();
    const { port, isOpen } = make(clock);
    const told = await clock.run(
      CurlewBoard.open(port, { clock, identify: true }).then(
        () => ({ code: 'opened', context: {} as CurlewError['context'], message: '' }),
        ({ code, context, message }: CurlewError) => ({ code, context, message }),
      ),
    );
    const named = isNamed(deviceOf(kind as 'smp'));
    if (named) expect(told).toMatchObject({ code: 'PORT_OTHER', context: { device: { kind } } });
    else expect(told.code).toBe(kind === 'silent' ? 'BOARD_SILENT' : 'BOARD_GARBAGE');
    expect(told.message).toMatch(/[.?]$/);
    expect(isOpen()).toBe(false);
    expect(clock.nowMs()).toBeLessThan(60_000);
  },
);

test.each<[string, Uint8Array, string]>([
  ['an answer in SMP', smpAnswer, 'smp'],
  ['a kit’s metadata', ascii(metadataText()), 'ppk2'],
  ['a board under test', ascii('m-name-dut-[unspecified]\r\nm-ready\r\n'), 'mlperf-tiny'],
  ['a prompt', ascii('\r\nuart:~$ '), 'shell'],
  ['a satellite receiver', ascii('$GPGGA,123519,4807.038,N\r\n'), 'satellite'],
])('%s is known once it has come, wherever it is split', (_what, bytes, kind) => {
  for (let at = 1; at < bytes.length; at++) {
    const heard = new Heard(new TestClock(), 2048);
    heard.take(bytes.subarray(0, at));
    heard.take(bytes.subarray(at));
    expect(heardAs(heard.bytes).kind).toBe(kind);
  }
});

test('of what comes only the beginning is kept, and all of it counted', () => {
  const heard = new Heard(new TestClock(), 2048);
  for (let i = 0; i < 1000; i++) heard.take(noise);
  expect([heard.total, heard.bytes.length]).toEqual([4_000_000, 2048]);
});

test('a request that comes back is no answer', () => {
  const request = encodeConsole(
    encodeSmp({ operation: 'read', response: false, group: 0, sequence: 1, command: 6, payload: {} }),
  );
  expect(heardAs(request).kind).not.toBe('smp');
});

test('a kit is known by its USB before a byte is sent to it, an adapter is not', () => {
  expect(instrumentOf('1915:c00a:E5F1')?.kind).toBe('ppk2');
  expect(instrumentOf('10c4:ea60:0001')).toBeNull();
  expect(instrumentOf(null)).toBeNull();
});

test('an error names what is there and what to do', () => {
  const error = otherDevice(deviceOf('ppk2', { baud: 115_200 }), '/dev/ttyACM0');
  expect(error.message).toBe(
    'What is at /dev/ttyACM0 is a Power Profiler Kit 2 at 115200 baud. Open it in Power.',
  );
});

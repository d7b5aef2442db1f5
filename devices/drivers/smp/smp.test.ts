import { expect, test } from 'vitest';
import type { CurlewError } from '../../../main/contract/error.ts';
import { encodeConsole } from '../../protocol/framing.ts';
import { encodeSmp } from '../../protocol/smp.ts';
import { TestClock } from '../../protocol/test-clock.ts';
import type { Port } from '../port.ts';
import { ppk2Port } from '../ppk2/testing/scripted-port.ts';
import { otherPort } from '../testing/scripted-port.ts';
import { lookAt } from './look.ts';
import { SmpDevice } from './smp-device.ts';
import { smpPort } from './testing/scripted-port.ts';
import { hashOf, type Script } from './testing/scripted-smp.ts';
import { upload, type Destination } from './upload.ts';

const open = async (script: Script = {}) => {
  const clock = new TestClock();
  const { port, peer } = smpPort(script, clock);
  const device = await clock.run(SmpDevice.open(port, { clock }));
  return { clock, port, peer, device };
};
const failure = (asked: Promise<unknown>) =>
  asked.then(
    () => ({ code: 'done', message: '' }),
    ({ code, message }: CurlewError) => ({ code, message }),
  );
const bytesOf = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => (at * 31) & 0xff);

test('it tells what it is, what it keeps, and its images', async () => {
  const { clock, device } = await open();
  expect(await clock.run(lookAt(device))).toEqual({
    identity: [
      ['kernel', 'Zephyr'],
      ['version', 'v3.7.0'],
      ['machine', 'arm'],
      ['processor', 'cortex-m4'],
      ['board', 'simulated_board'],
      ['boot loader', 'MCUboot'],
    ],
    curlew: null,
    parameters: { bufferSize: 384, bufferCount: 4 },
    tasks: [
      { name: 'idle', priority: 15, stackUsed: 16, stackSize: 80, contextSwitches: 1 },
      { name: 'main', priority: 0, stackUsed: 120, stackSize: 512, contextSwitches: 900 },
    ],
    pools: [{ name: 'mcumgr', blockBytes: 384, blocks: 4, free: 3, leastFree: 1 }],
    statistics: [
      {
        name: 'smp_com',
        counts: [
          ['frame_ok', 42],
          ['frame_max', 2 ** 33],
        ],
      },
    ],
    images: [
      {
        ...{
          image: 0,
          slot: 0,
          version: '1.0.0',
          hash: Buffer.from(hashOf(Uint8Array.of(1, 2, 3))).toString('hex'),
        },
        ...{ bootable: true, pending: false, confirmed: true, active: true, permanent: false },
      },
    ],
  });
});

test.each([false, true])(
  'one that was built with echo alone tells so (errors of version 1: %s)',
  async (oldErrors) => {
    const { clock, device } = await open({
      oldErrors,
      without: ['0/2', '0/3', '0/6', '0/7', '0/8', '1', '2', '8'],
    });
    expect(await clock.run(lookAt(device))).toEqual({
      ...{ identity: [], curlew: null, parameters: null, tasks: null, pools: null },
      ...{ statistics: null, images: null },
    });
    expect(device.client).toMatchObject({ messageBytes: 256, outstanding: 1 });
    expect(await clock.run(device.echo(16))).toBe(1);
  },
);

test('an answer is read wherever its bytes are split, and with a log on the same line', async () => {
  const length = encodeConsole(
    encodeSmp({
      ...{ operation: 'read', response: true, group: 0, sequence: 1, command: 6 },
      payload: { buf_size: 384, buf_count: 4 },
    }),
  ).length;
  const prints = '<inf> app: 21.5 C\r\n';
  for (let at = 1; at < length + prints.length; at++) {
    const { device } = await open({ pieces: [at, 1000], prints });
    expect(device.parameters).toEqual({ bufferSize: 384, bufferCount: 4 });
  }
});

test('the time of an echo is the device’s, and silence has no time', async () => {
  const { clock, device } = await open({ answerMs: 7, answers: 2 });
  expect(await clock.run(device.echo(1))).toBe(7);
  expect(await clock.run(failure(device.echo(1)))).toMatchObject({ code: 'BOARD_SILENT' });
});

const file: Destination = { kind: 'file', name: '/lfs/model.bin' };
const image: Destination = { kind: 'image' };
test.each<[string, Destination, Script]>([
  ['a file', file, {}],
  ['an image', image, {}],
  ['a file in small pieces of a slow device', file, { bufferBytes: 128, buffers: 2, answerMs: 40 }],
  ['an image to a device without parameters', image, { without: ['0/6'] }],
  ['a file of which requests are lost', file, { loses: (request) => request % 7 === 5 }],
  ['an image of which requests are lost', image, { loses: (request) => request % 5 === 3 }],
  ['a file to a device that makes no hashes', file, { without: ['8/2'] }],
])('%s arrives as it was sent', async (_what, to, script) => {
  const { clock, device, peer } = await open(script);
  const data = bytesOf(5000);
  const held: number[] = [];
  const done = await clock.run(upload(device, to, data, { onProgress: (bytes) => held.push(bytes) }));
  expect(done.resumedFrom).toBe(0);
  expect(to.kind === 'file' ? peer.files.get(to.name) : peer.slots[1]!.data).toEqual(data);
  expect(held.at(-1)).toBe(data.length);
  expect(held).toEqual([...held].sort((a, b) => a - b));
});

test.each([
  ['a file', file],
  ['an image', image],
])('%s that was broken off is taken up where the device stands', async (_what, to) => {
  const { clock, port, device } = await open();
  const data = bytesOf(5000);
  const abort = new AbortController();
  const broken = upload(device, to, data, {
    signal: abort.signal,
    onProgress: (held) => held > 1500 && abort.abort(),
  });
  expect(await clock.run(failure(broken))).toMatchObject({ code: 'ABORTED' });
  await device.close();
  const again = await clock.run(SmpDevice.open(port, { clock }));
  const { resumedFrom } = await clock.run(upload(again, to, data));
  expect(resumedFrom).toBeGreaterThan(1500);
});

test('another file under the same name begins anew', async () => {
  const { clock, device, peer } = await open();
  peer.files.set(file.name, bytesOf(2000).fill(7));
  const data = bytesOf(3000);
  expect((await clock.run(upload(device, file, data))).resumedFrom).toBe(0);
  expect(peer.files.get(file.name)).toEqual(data);
});

test('an image goes on from the beginning at a device that restarts in the middle', async () => {
  const { clock, device, peer } = await open();
  const data = bytesOf(5000);
  let restarted = false;
  const onProgress = (held: number): void => {
    if (restarted || held < 2000) return;
    restarted = true;
    peer.restart();
  };
  await clock.run(upload(device, image, data, { onProgress }));
  expect(peer.slots[1]!.data).toEqual(data);
});

test('an image that was sent is tried, the one that runs is kept, a slot erased, and the device restarted', async () => {
  const { clock, device, peer } = await open();
  await clock.run(upload(device, image, bytesOf(600)));
  const hash = Buffer.from(hashOf(bytesOf(600))).toString('hex');
  const slots = await clock.run(device.mark(hash, false));
  expect(slots[1]).toMatchObject({ slot: 1, hash, pending: true, active: false });
  expect(await clock.run(failure(device.mark('ab'.repeat(32), false)))).toEqual({
    code: 'BOARD_REFUSED',
    message: expect.stringContaining('no image has this hash') as string,
  });
  expect((await clock.run(device.mark(null, true)))[0]).toMatchObject({ confirmed: true });
  await clock.run(device.erase());
  expect(peer.slots[1]!.data).toBeNull();
  await clock.run(device.reset());
  expect(peer.resets).toBe(1);
});

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
test.each<[string, (clock: TestClock) => { port: Port; isOpen: () => boolean }, string, string]>([
  ['nothing', (clock) => otherPort(ascii(''), clock), 'BOARD_SILENT', 'did not answer'],
  ['a kit', (clock) => ppk2Port({}, clock), 'PORT_OTHER', 'a Power Profiler Kit 2'],
  ['a shell', (clock) => otherPort(ascii('\r\nuart:~$ '), clock), 'PORT_OTHER', 'a shell'],
])('where %s is instead it is named, and the port let go', async (_what, make, code, words) => {
  const clock = new TestClock();
  const { port, isOpen } = make(clock);
  const told = await clock.run(failure(SmpDevice.open(port, { clock })));
  expect(told).toEqual({ code, message: expect.stringContaining(words) as string });
  expect(isOpen()).toBe(false);
});

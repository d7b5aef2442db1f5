import { expect, test } from 'vitest';
import { CurlewError } from '../../../main/contract/error.ts';
import { scriptedStream, type ScriptedStream } from '../../protocol/scripted-stream.ts';
import type { SmpMessage } from '../../protocol/smp.ts';
import { TestClock } from '../../protocol/test-clock.ts';
import type { Port } from '../port.ts';
import { CurlewBoard } from './board.ts';

const info = {
  id: new Uint8Array(8),
  name: 'scripted',
  kind: 'test',
  profile: '',
  fw: '1',
  boot: 5,
  up: 1,
  ring: 1024,
  link: 3,
  rate: 16_000,
  audio: false,
  listening: false,
  sim: true,
  window: 31_200,
  discarded: 0,
  cause: 'power',
  key: new Uint8Array(0),
  keys: 0,
  protected: false,
  mv: 0,
  cc: -32_768,
  stack: 0,
};
const answers = (request: SmpMessage) => {
  if (request.group === 67) return info;
  if (request.command === 6) return { buf_size: 2304, buf_count: 8 };
  return { r: request.payload['d'] };
};
const portOf = (stream: ScriptedStream): Port => ({
  id: 'scripted',
  kind: 'virtual',
  open: async () => stream,
});
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'opened',
    (error: unknown) => (error as CurlewError).code,
  );

test('a board that knows the binary framing is spoken to in it, one that does not in the console framing', async () => {
  expect((await CurlewBoard.open(portOf(scriptedStream(answers)))).framing).toBe('binary');
  const old = scriptedStream((request) => (request.group === 67 ? { ...info, link: 1 } : answers(request)));
  expect((await CurlewBoard.open(portOf(old))).framing).toBe('console');
});

test('the greeting is repeated until a booting board hears it', async () => {
  let deaf = 2;
  const clock = new TestClock();
  const booting = scriptedStream((request) => (deaf-- > 0 ? null : answers(request)));
  const board = await clock.run(CurlewBoard.open(portOf(booting), { clock }));
  expect(board.info).toMatchObject({
    name: 'scripted',
    bootId: 5,
    supplyMillivolts: null,
    temperatureC: null,
  });
});

test('a foreign SMP device, a chatterbox and a vanishing device are told apart, and the stream is closed', async () => {
  const clock = new TestClock();
  const open = (port: Port) => clock.run(codeOf(CurlewBoard.open(port, { clock })));
  const closed: string[] = [];
  const watch = (name: string, stream: ScriptedStream): Port => {
    stream.onClose(() => closed.push(name));
    return portOf(stream);
  };
  const foreign = scriptedStream(() => ({ rc: 8 }));
  expect(await open(watch('foreign', foreign))).toBe('BOARD_REFUSED');
  const chatter = scriptedStream((_, self) => (self.deliver(new TextEncoder().encode('hello\r\n')), null));
  expect(await open(watch('chatter', chatter))).toBe('BOARD_GARBAGE');
  const vanishing = scriptedStream((_, self) => (self.vanish(new CurlewError('PORT_LOST', 'gone')), null));
  expect(await open(watch('vanishing', vanishing))).toBe('PORT_LOST');
  expect(closed).toEqual(['foreign', 'chatter', 'vanishing']);
});

test('a greeting can be given up', async () => {
  const abort = new AbortController();
  const opening = codeOf(CurlewBoard.open(portOf(scriptedStream(() => null)), { signal: abort.signal }));
  abort.abort();
  expect(await opening).toBe('ABORTED');
});

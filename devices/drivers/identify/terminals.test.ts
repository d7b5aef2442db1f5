/** Devices that misbehave, each on a pseudo-terminal as a program meets it: named as what they are, and let go. */
import { afterEach, expect, test } from 'vitest';
import type { CurlewError } from '../../../main/contract/error.ts';
import { realClock } from '../../protocol/clock.ts';
import { CurlewBoard } from '../curlew/board.ts';
import { Ppk2 } from '../ppk2/ppk2.ts';
import { ScriptedPpk2 } from '../ppk2/testing/scripted-ppk2.ts';
import { serialPort } from '../serial-port.ts';
import { SmpDevice } from '../smp/smp-device.ts';
import { ScriptedSmp } from '../smp/testing/scripted-smp.ts';
import { onTerminal, type Terminal } from '../testing/pseudo-terminal.ts';
import type { Peer } from '../testing/scripted-port.ts';

type Send = (bytes: Uint8Array) => void;
const noise = Uint8Array.from({ length: 40_000 }, (_, at) => (at * 197) & 0xff);
const text = (words: string): Uint8Array => new TextEncoder().encode(words);
/** As much as the line takes. */
const babbler = (send: Send): Peer => ({
  hear: () => undefined,
  end: realClock.every(1, () => send(noise)),
});
const answers =
  (says: Uint8Array) =>
  (send: Send): Peer => ({ hear: () => send(says), end: () => undefined });

let terminal: Terminal<Peer> | null = null;
afterEach(async () => {
  await terminal?.close();
  terminal = null;
});

test.each<[string, (send: Send) => Peer, string, string]>([
  ['silence', answers(new Uint8Array(0)), 'BOARD_SILENT', 'Nothing answers'],
  ['babble at full rate', babbler, 'BOARD_GARBAGE', 'something that sends'],
  ['lines without an end', answers(text('21.5 C')), 'BOARD_GARBAGE', 'something that sends text'],
  ['half a message', answers(text('\x06\x09ABoBAAACAAAG')), 'PORT_OTHER', 'speaks SMP'],
  ['a kit', (send) => new ScriptedPpk2({}, realClock, send), 'PORT_OTHER', 'Power Profiler Kit 2'],
  ['an SMP device', (send) => new ScriptedSmp({}, realClock, send), 'PORT_OTHER', 'speaks SMP'],
  ['a shell', answers(text('\r\nuart:~$ ')), 'PORT_OTHER', 'a shell'],
])('attached as a board, %s is named', async (_what, make, code, words) => {
  terminal = await onTerminal((send) => make(send));
  let turns = 0;
  const end = realClock.every(10, () => turns++);
  const told = await CurlewBoard.open(serialPort(terminal.path, { baudRate: 921_600 }), {
    identify: true,
  }).then(
    () => ({ code: 'opened', message: '' }),
    ({ code, message }: CurlewError) => ({ code, message }),
  );
  end();
  expect(told).toEqual({ code, message: expect.stringContaining(words) as string });
  // Whatever comes, the lab has turns for all else meanwhile.
  expect(turns).toBeGreaterThan(5);
  const again = await serialPort(terminal.path, { baudRate: 921_600 }).open();
  await again.close();
});

test('a kit’s greeting names an SMP device, which answers to its own afterwards', async () => {
  terminal = await onTerminal((send) => new ScriptedSmp({}, realClock, send));
  const port = serialPort(terminal.path, { baudRate: 115_200 });
  await expect(Ppk2.open(port)).rejects.toMatchObject({ code: 'PORT_OTHER' });
  await (await SmpDevice.open(port)).close();
});

test('an SMP device’s greeting names a kit, which answers to its own afterwards', async () => {
  terminal = await onTerminal((send) => new ScriptedPpk2({}, realClock, send));
  const port = serialPort(terminal.path, { baudRate: 115_200 });
  await expect(SmpDevice.open(port)).rejects.toMatchObject({ code: 'PORT_OTHER' });
  await (await Ppk2.open(port)).close();
});

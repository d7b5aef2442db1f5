import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseMetadata } from '../../devices/drivers/ppk2/metadata.ts';
import { ppk2Port } from '../../devices/drivers/ppk2/testing/scripted-port.ts';
import { metadataText, type Script } from '../../devices/drivers/ppk2/testing/scripted-ppk2.ts';
import { Ppk2 } from '../../devices/drivers/ppk2/ppk2.ts';
import { TestClock } from '../../devices/protocol/test-clock.ts';
import { CaptureReader } from './capture-reader.ts';
import { CaptureRun } from './capture-run.ts';
import type { CaptureSpec } from './capture-spec.ts';
import { gap } from './totals.ts';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'curlew-run-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

const { calibration } = parseMetadata(metadataText(), 'a test');
const spec = (changes: Partial<CaptureSpec> = {}): CaptureSpec => ({
  ...{ folder, calibration, volts: 3, trigger: null, before: 0, samples: null, ...changes },
});

async function recorded(script: Script, ms: number, changes: Partial<CaptureSpec> = {}) {
  const clock = new TestClock();
  const { port } = ppk2Port(script, clock);
  const kit = await clock.run(Ppk2.open(port, { clock }));
  const run = new CaptureRun(spec(changes));
  await clock.run(kit.start({ bytes: (bytes, atMs) => run.take(bytes, atMs), failed: () => undefined }));
  await clock.turn(ms);
  await kit.close();
  return run.end();
}

test('what is lost, a whole turn of the counter too, is a gap: all else stands at its time', async () => {
  const told = await recorded(
    {
      reading: (sample) => ({ adc: 1000 + (sample % 500), range: 1, logic: 0 }),
      troubles: [
        { kind: 'lost', at: 20_000, samples: 50 },
        { kind: 'lost', at: 150_000, samples: 64 },
      ],
    },
    6000,
  );
  expect(told).toMatchObject({ lost: 114, lostByTime: 64 });
  const reader = new CaptureReader(folder);
  const { currents, ranges } = reader.read(0, reader.samples);
  expect([...ranges.subarray(20_000, 20_050)]).toEqual(Array.from({ length: 50 }, () => gap));
  expect(ranges[19_999]).toBe(1);
  expect(ranges[20_050]).toBe(1);
  // Half a second after the turn was found out, everything is where it belongs again.
  const at = 550_000;
  expect(currents[at]).toBe(currents[at % 500]);
  reader.close();
});

test.each([2600, 2900])(
  'a loss of whole turns is found in a capture that ends %i ms after it began, sooner than time told it',
  async (ms) => {
    const told = await recorded({ troubles: [{ kind: 'lost', at: 100_000, samples: 640 }] }, ms);
    expect(told).toMatchObject({ lost: 640, lostByTime: 640, lateLosses: [told.samples] });
  },
);

test('bytes that are held up at the end of a short capture are no loss', async () => {
  const run = new CaptureRun(spec());
  const words = Uint8Array.from({ length: 4000 }, (_, at) => [232, 67, ((at >> 2) & 63) << 2, 0][at & 3]!);
  // 10 ms each: on time for a second, then late by 80 ms until the end. 1000 samples are no whole turns.
  for (let piece = 0; piece < 150; piece++) {
    const bytes = words.map((byte, at) => (at % 4 === 2 ? (((at >> 2) + 1000 * piece) & 63) << 2 : byte));
    run.take(bytes, 10 * piece + (piece < 100 ? 0 : 80));
  }
  expect(run.end()).toMatchObject({ samples: 150_000, lost: 0, lostByTime: 0 });
});

test('a loss that is found when a capture has all that was wanted makes it longer by that', async () => {
  const troubles = [{ kind: 'lost', at: 100_000, samples: 640 }] as const;
  const told = await recorded({ troubles }, 2700, { samples: 260_000 });
  expect(told).toMatchObject({ samples: 260_640, lost: 640, lateLosses: [260_640] });
});

test('a capture of so many samples has so many, and those before its trigger beside them', async () => {
  const told = await recorded(
    { reading: (sample) => ({ adc: sample === 45_000 ? 9000 : 100, range: 1, logic: 0 }) },
    1000,
    { trigger: { on: 'above', level: 1e-3, pin: 0 }, before: 2500, samples: 10_000 },
  );
  expect(told).toMatchObject({ samples: 12_500, triggerSample: 2500, done: true, lost: 0 });
  const reader = new CaptureReader(folder);
  const { currents } = reader.read(2499, 2502);
  expect(currents[1]).toBeGreaterThan(1e-3);
  expect(currents[0]).toBeLessThan(1e-3);
  reader.close();
});

test('babble in place of samples is told of as that, and what came before it is kept', async () => {
  const run = new CaptureRun(spec());
  const babble = Uint8Array.from({ length: 60_000 }, (_, at) => (at * at * 31 + at * 7) & 0xff);
  expect(() => run.take(babble, 0)).toThrow(expect.objectContaining({ code: 'BOARD_GARBAGE' }));
  expect(run.end().samples).toBeLessThan(15_000);
});

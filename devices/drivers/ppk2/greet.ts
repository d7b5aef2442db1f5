/**
 * The first words with a Power Profiler Kit 2. It may be measuring still, for a program that died: it is stopped first,
 * and asked for its metadata once it is quiet. Every wait has an end, whatever is behind the port.
 */
import { CurlewError } from '../../../main/contract/error.ts';
import type { Clock } from '../../protocol/clock.ts';
import { writeInTime } from '../../protocol/write-in-time.ts';
import type { ByteStream } from '../port.ts';
import { command } from './commands.ts';
import { isNamed } from '../identify/device.ts';
import { Heard, heardAs } from '../identify/heard.ts';
import { otherDevice } from '../identify/identify.ts';
import { parseMetadata, type Metadata } from './metadata.ts';

/** So long without a byte, and it has stopped. */
const quietMs = 100;
/** What it had sent before it heard the stop is through by then: at 400 kB/s a queue of more than a megabyte. */
const mostDrainMs = 3000;
const answerMs = 1000;
const asks = 3;
const lookMs = 20;
/** Metadata are under a kilobyte. */
const mostAnswer = 16_384;

/** @throws CurlewError BOARD_SILENT, BOARD_GARBAGE, BOARD_BAD_REPLY, BOARD_REFUSED, PORT_LOST, ABORTED */
export async function greetPpk2(
  stream: ByteStream,
  where: string,
  clock: Clock,
  signal?: AbortSignal,
): Promise<Metadata> {
  const heard = new Heard(clock, mostAnswer);
  const off = stream.onData((bytes) => heard.take(bytes));
  try {
    await writeInTime(stream, command.stop, where, clock);
    await untilQuiet(heard, where, clock, signal);
    for (let ask = 0; ask < asks; ask++) {
      heard.forget();
      await writeInTime(stream, command.metadata, where, clock);
      const text = await answer(heard, clock, signal);
      if (text !== null) return parseMetadata(text, where);
      if (heard.total > 0) throw other(heard, where);
    }
    throw new CurlewError(
      'BOARD_SILENT',
      `Nothing answers at ${where}: it was asked ${asks} times. Is it a Power Profiler Kit 2, is its switch on, and is it ` +
        `the first of its two ports?`,
      { port: where },
    );
  } finally {
    off();
  }
}

async function untilQuiet(heard: Heard, where: string, clock: Clock, signal?: AbortSignal): Promise<void> {
  const endMs = clock.nowMs() + mostDrainMs;
  while (heard.quietForMs < quietMs) {
    if (clock.nowMs() >= endMs) {
      const perSecond = Math.round(heard.total / mostDrainMs);
      const said = heardAs(heard.bytes);
      if (said.kind === 'ppk2') {
        throw new CurlewError(
          'BOARD_REFUSED',
          `The Power Profiler Kit at ${where} measures and does not stop when it is told to. Unplug it, plug it in again ` +
            `and try once more.`,
          { port: where, received: heard.total },
        );
      }
      if (isNamed(said)) throw otherDevice(said, where);
      throw new CurlewError(
        'BOARD_GARBAGE',
        `What is at ${where} sends ${perSecond} kB/s without an end and does not stop when it is told to: it is no Power ` +
          `Profiler Kit 2, but ${said.what}. ${said.advice}`,
        { port: where, received: heard.total },
      );
    }
    await clock.sleep(lookMs, signal);
  }
}

/** @returns null where it did not come to an end in time */
async function answer(heard: Heard, clock: Clock, signal?: AbortSignal): Promise<string | null> {
  const endMs = clock.nowMs() + answerMs;
  for (;;) {
    const { text } = heard;
    if (/(^|[\r\n])\s*END/.test(text)) return text;
    if (clock.nowMs() >= endMs) return null;
    await clock.sleep(lookMs, signal);
  }
}

function other(heard: Heard, where: string): CurlewError {
  const context = { port: where, received: heard.total };
  if (/^\s*(calibrated|r0|vdd)\s*:/i.test(heard.text)) {
    return new CurlewError(
      'BOARD_BAD_REPLY',
      `The Power Profiler Kit at ${where} broke off while it told its calibration. Unplug it, plug it in again and try ` +
        `once more.`,
      context,
    );
  }
  return otherDevice(heardAs(heard.bytes), where);
}

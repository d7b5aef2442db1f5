/** The Broadcast Wave extension (EBU Tech 3285): who recorded, and when by the recorder's clock. */
import type { RecorderFacts } from './facts.ts';
import { clockTime, type ToldTime } from './told-time.ts';

export interface Bext {
  time: ToldTime | null;
  recorder: RecorderFacts;
}

/** Description, originator, its reference, date, time: bytes 320 to 338 are the last two. */
const leastBytes = 338;

/** @param bytes of the chunk, or the beginning of it @returns null where it is too short */
export function bextOf(bytes: Uint8Array): Bext | null {
  if (bytes.length < leastBytes) return null;
  const text = (from: number, to: number) =>
    String.fromCharCode(...bytes.subarray(from, to))
      .replace(/\0[^]*$/, '')
      .trim();
  const [description, originator, reference] = [text(0, 256), text(256, 288), text(288, 320)];
  const recorder: RecorderFacts = {};
  if (originator !== '') recorder['originator'] = originator;
  if (reference !== '') recorder['originatorReference'] = reference;
  if (description !== '') recorder['description'] = description;
  // Any character may stand between the numbers.
  const found = /^(\d{4})\D(\d{2})\D(\d{2}) (\d{2})\D(\d{2})\D(\d{2})$/.exec(
    `${text(320, 330)} ${text(330, 338)}`,
  );
  const [year, month, day, hours, minutes, seconds] = (found?.slice(1) ?? []).map(Number);
  const localMs = found
    ? clockTime({ date: [year!, month!, day!], time: [hours!, minutes!, seconds!] })
    : null;
  return { time: localMs === null ? null : { localMs, offsetMinutes: null }, recorder };
}

/** What a device under test is told: words, a `%` behind them, nothing else. */
import { CurlewError } from '../../../main/contract/error.ts';

/** The firmware’s buffer of the input; it takes a larger size, and what follows is written beyond its end. */
export const mostInputBytes = 27_648;
/** Each command with its `%`: 64 bytes may be under way at a time. */
const bytesEach = 30;
/** What the firmware counts inferences in. */
const mostInferences = 0x7fff_ffff;

export const command = {
  name: 'name',
  profile: 'profile',
  timestamp: 'timestamp',
  results: 'results',
  print: 'db print',
  /** @throws CurlewError REQUEST_INVALID for more than there is room for, which the firmware does not see */
  load(bytes: number): string {
    if (Number.isInteger(bytes) && bytes > 0 && bytes <= mostInputBytes) return `db load ${bytes}`;
    throw new CurlewError(
      'REQUEST_INVALID',
      bytes === 0
        ? 'An input of no bytes cannot be sent.'
        : `An input of ${bytes} bytes cannot be sent: a device under test has room for ${mostInputBytes}.`,
      { bytes },
    );
  },
  /** The input in pieces. */
  pieces(input: Uint8Array): string[] {
    const all: string[] = [];
    for (let at = 0; at < input.length; at += bytesEach)
      all.push(`db ${hexOf(input.subarray(at, at + bytesEach))}`);
    return all;
  },
  /**
   * @param warmUps always told: the firmware does ten where they are left out, though its help says none
   * @throws CurlewError REQUEST_INVALID
   */
  infer(inferences: number, warmUps: number): string {
    for (const [count, least] of [
      [inferences, 1],
      [warmUps, 0],
    ] as const) {
      if (Number.isInteger(count) && count >= least && count <= mostInferences) continue;
      throw new CurlewError('REQUEST_INVALID', `So many inferences cannot be asked for: ${count}.`, {
        inferences,
        warmUps,
      });
    }
    return `infer ${inferences} ${warmUps}`;
  },
} as const;

const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** A board's error reply, as a CurlewError BOARD_REFUSED with the sentence for its code (PROTOCOL.md, Message). */
import { CurlewError } from '../../main/contract/error.ts';
import type { Payload } from './smp.ts';

const ours: Record<number, [name: string, sentence: string]> = {
  1: ['malformed', 'it could not read the request'],
  2: ['unsupported', 'it cannot do that'],
  3: ['no_expert', 'no expert is active on it; deploy one first'],
  4: [
    'bad_slot',
    'it has no such slot, or the slot is in use (active, or where roll back leads) and may not be changed',
  ],
  5: ['too_large', 'the data does not fit its store or buffer'],
  6: ['bad_offset', 'the data does not continue where the last piece ended'],
  7: ['bad_hash', 'the image does not match its SHA-256; it was damaged or cut short. Deploy it again'],
  8: ['bad_image', 'the image is not one that it can run; pack the expert again'],
  9: ['flash', 'its flash failed'],
  10: ['busy', 'it is listening to its own microphone; stop that first'],
  11: ['not_verified', 'there is no verified expert there'],
  12: ['incomplete', 'it has not received a whole window of sound'],
  13: ['full', 'it has no room for another expert; erase one first'],
  14: ['bad_bank', 'these experts do not belong together, or not to this router or encoder'],
  15: ['not_signed', 'it takes only what is signed with its key, and this is not'],
  16: ['too_old', 'it is protected against roll back, and a newer version of this image has run on it'],
  17: ['bad_setting', 'one of the settings is out of the range that it can work with'],
  18: ['no_encoder', 'it does not hold the encoder that these experts need; send that first'],
  19: [
    'too_slow',
    'an inference would be more work than a board does; take fewer passes, fewer experts or a smaller encoder',
  ],
  20: [
    'same_version',
    'it is protected against roll back, and another image of this name and version has run on it; make it anew, so that its version rises',
  ],
};
const standard: Record<number, [name: string, sentence: string]> = {
  1: ['unknown', 'it met an error that it cannot name'],
  2: ['no_memory', 'it ran out of memory'],
  3: ['invalid', 'a value in the request is out of range'],
  5: ['no_entry', 'it has nothing under that name'],
  8: [
    'not_supported',
    'it does not know the request; its firmware may be older than this lab, or no Curlew firmware',
  ],
  9: ['corrupt', 'the request arrived damaged'],
};

/** Of the standard groups, told in "err" (their own numbers, which mean other things than those of SMP itself). */
const ofGroups: Record<number, Record<number, [name: string, sentence: string]>> = {
  1: {
    3: ['no_image', 'there is no image there'],
    4: ['bad_image', 'the image carries nothing that its boot loader checks it by'],
    8: ['no_hash', 'no image has this hash'],
    9: ['no_slot', 'there is no free slot for the image'],
    10: ['flash', 'its flash could not be opened'],
    11: ['flash', 'its flash could not be read'],
    12: ['flash', 'its flash could not be written'],
    13: ['flash', 'its flash could not be erased'],
    14: ['bad_slot', 'it has no such slot'],
    15: ['no_memory', 'it ran out of memory'],
    22: ['bad_image', 'that is too short for an image of its boot loader'],
    23: ['bad_image', 'that is no image of its boot loader: pack it as one, with imgtool'],
    24: ['no_hash', 'no image has this hash'],
    25: ['bad_image', 'the image is made for another place in its flash'],
    27: ['too_old', 'the image is not newer than the one that runs'],
    28: ['pending', 'another image is to run after the next start already'],
    30: ['too_large', 'the image does not fit its slot'],
  },
  8: {
    2: ['bad_name', 'it takes no file of this name'],
    3: ['no_file', 'it has no such file'],
    4: ['directory', 'that is a directory'],
    5: ['open', 'the file could not be opened'],
    7: ['read', 'the file could not be read'],
    10: ['write', 'the file could not be written'],
    11: ['bad_offset', 'the data does not continue where the file ends'],
    12: ['bad_offset', 'the data begins behind the end of the file'],
    13: ['no_hash', 'it cannot make this hash'],
    14: ['no_mount', 'it has no file system there'],
    15: ['read_only', 'its file system cannot be written'],
    16: ['empty', 'the file is empty'],
  },
};

/** @returns null when the reply is no error; an error of a group comes in "err", one of SMP itself in "rc" */
export function refusalOf(command: string, group: number, payload: Payload): CurlewError | null {
  const err = payload['err'] as { group?: unknown; rc?: unknown } | undefined;
  const code = typeof err === 'object' && err !== null ? err.rc : payload['rc'];
  if (typeof code !== 'number' || code === 0) return null;
  const errorGroup = typeof err?.group === 'number' ? err.group : group;
  const ofBoard = err !== undefined && errorGroup >= 64;
  const codes = ofBoard ? ours : ((err && ofGroups[errorGroup]) ?? standard);
  const [name, sentence] = codes[code] ?? ['code', `it gives the error code ${code}`];
  return new CurlewError('BOARD_REFUSED', `The board refused "${command}": ${sentence}.`, {
    command,
    group: errorGroup,
    rc: code,
    reason: name,
  });
}

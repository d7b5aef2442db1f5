import { groups, slowMs, type Command } from '../command.ts';
import type { TransferAnswer } from '../transfer.ts';

/** Told with the first piece, and whenever the device wants to begin anew. */
export interface ImageBegins {
  length: number;
  /** Of all of it: a device that holds a part of the same image goes on behind that. */
  sha256: Uint8Array;
}

/** A piece of an image for the boot loader. The answer's offset says which byte the device wants next. */
export const imageUpload: Command<{ offset: number; data: Uint8Array; begins: ImageBegins }, TransferAnswer> =
  {
    name: 'image upload',
    operation: 'write',
    group: groups.image,
    id: 1,
    repeatable: true,
    // The first piece may erase all of a slot.
    timeoutMs: 2 * slowMs,
    encode: ({ offset, data, begins }) => ({
      ...(offset === 0 && { len: begins.length, sha: begins.sha256, image: 0 }),
      ...{ off: offset, data },
    }),
    decode: (reply) => ({ wanted: reply.count('off') }),
  };

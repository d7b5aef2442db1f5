import { groups, quickMs, slowMs, type Command } from '../command.ts';
import type { Fields } from '../fields.ts';

export interface ImageSlot {
  image: number;
  slot: number;
  version: string;
  /** Hash in the image itself, hex; null where the boot loader does not tell it. */
  hash: string | null;
  bootable: boolean;
  /** It runs after the next start. */
  pending: boolean;
  /** It has been said to be good, and stays. */
  confirmed: boolean;
  /** It runs now. */
  active: boolean;
  permanent: boolean;
}

const mostSlots = 16;

const read = (reply: Fields): ImageSlot[] =>
  reply
    .maps('images')
    .slice(0, mostSlots)
    .map((one) => {
      const is = (key: string) => one.has(key) && one.bool(key);
      return {
        image: one.has('image') ? one.count('image', 255) : 0,
        slot: one.count('slot', 255),
        version: one.label('version', 64),
        hash: one.has('hash') ? hexOf(one.bytes('hash')) : null,
        ...{ bootable: is('bootable'), pending: is('pending'), confirmed: is('confirmed') },
        ...{ active: is('active'), permanent: is('permanent') },
      };
    });

const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

const both = { group: groups.image, id: 0, decode: read } as const;

/** The images of a device's boot loader; slots without a sound one are left out. */
export const imageState: Command<void, ImageSlot[]> = {
  ...both,
  name: 'image state',
  operation: 'read',
  repeatable: true,
  timeoutMs: 2 * quickMs,
  encode: () => ({}),
};

/**
 * Has an image run after the next start: once, or with `confirm` from then on; without a hash the one that runs now
 * stays.
 */
export const imageMark: Command<{ hash: Uint8Array | null; confirm: boolean }, ImageSlot[]> = {
  ...both,
  name: 'image mark',
  operation: 'write',
  repeatable: true,
  timeoutMs: slowMs,
  encode: ({ hash, confirm }) => ({ ...(hash && { hash }), confirm }),
};

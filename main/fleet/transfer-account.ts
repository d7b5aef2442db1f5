/** What of a deployment was sent, and in what time: what a board holds already is no part of either. */
import type { SlotTable } from '../../devices/protocol/messages/expert-list.ts';

/** How much of an image lies on the board already, bytes. @param sha256 of all its bytes */
export function heldOf(table: Pick<SlotTable, 'slots'>, sha256: Uint8Array): number {
  const there = table.slots.find((slot) => Buffer.from(slot.sha256).equals(sha256));
  if (!there) return 0;
  return there.state === 'verified' ? there.length : there.offset;
}

interface Part {
  readonly length: number;
  /** Once its upload has begun the board has said so itself. */
  held: number;
  there: number;
  begun: boolean;
}

export class TransferAccount {
  /** While bytes were on their way. */
  sendMs = 0;
  private readonly parts: Part[];
  private toldMs = 0;

  /** @param images in the order in which they are sent: length, and how much of it the board is believed to hold */
  constructor(images: readonly (readonly [length: number, held: number])[]) {
    this.parts = images.map(([length, held]) => ({ length, held, there: held, begun: false }));
  }

  /** The board holds the first `there` bytes of image `index` now; the first telling is of when its upload begins. */
  told(index: number, there: number, nowMs: number): void {
    const part = this.parts[index] as Part;
    if (part.begun) {
      if (part.held < part.length) this.sendMs += nowMs - this.toldMs;
    } else {
      part.begun = true;
      part.held = there;
    }
    this.toldMs = nowMs;
    // A board that restarted may want bytes again that it had: they are then its own loss, and sent.
    part.held = Math.min(part.held, there);
    part.there = there;
  }

  /** Of all images. */
  get bytes(): number {
    return this.sum(({ length }) => length);
  }

  get toSend(): number {
    return this.sum(({ length, held }) => length - held);
  }

  get sent(): number {
    return this.sum(({ there, held }) => there - held);
  }

  /** Of what is to be sent. */
  get share(): number {
    return this.toSend === 0 ? 1 : this.sent / this.toSend;
  }

  private sum(of: (part: Part) => number): number {
    return this.parts.reduce((sum, part) => sum + of(part), 0);
  }
}

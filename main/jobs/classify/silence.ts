/** Which windows hold anything but digital silence. */
import { frontEnd, patchSamples } from '../../../models/features/log-mel.ts';

/** Windows and hops are whole numbers of blocks long. */
const blockSamples = 80;
const windowBlocks = patchSamples / blockSamples;

export class Silence {
  /** Of each block from the next window's first on: whether it holds a sample that is not 0. */
  private blocks: boolean[] = [];
  private filled = 0;
  private readonly hopBlocks: number;

  constructor(hopFrames: number) {
    this.hopBlocks = (hopFrames * frontEnd.frameHop) / blockSamples;
  }

  /** @param pcm what follows */
  push(pcm: Int16Array): void {
    for (let at = 0; at < pcm.length;) {
      const end = Math.min(pcm.length, at + blockSamples - this.filled);
      if (this.filled === 0) this.blocks.push(false);
      const last = this.blocks.length - 1;
      for (let i = at; i < end && !this.blocks[last]; i++) if (pcm[i] !== 0) this.blocks[last] = true;
      this.filled = (this.filled + end - at) % blockSamples;
      at = end;
    }
  }

  /** For the next windows: 1 where something is heard. They must have been pushed to their ends. */
  take(windows: number): Uint8Array {
    const heard = Uint8Array.from({ length: windows }, (_, i) => {
      const from = i * this.hopBlocks;
      return this.blocks.slice(from, from + windowBlocks).includes(true) ? 1 : 0;
    });
    this.blocks = this.blocks.slice(windows * this.hopBlocks);
    return heard;
  }
}

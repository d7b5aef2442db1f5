/** A long recording's spectrogram in tiles: those in sight and beside it are loaded, others are let go. */
import type { SpectrogramPiece } from '../../main/contract/types.ts';
import { zoomSteps } from './zoom.ts';

/** Columns of a tile, one a pixel. */
export const tileColumns = 256;
/** About 130 kB each at a window of 1,024 samples. */
export const mostTiles = 40;
/** So that what is wanted now never waits behind more than this that was wanted before. */
const mostAsked = 2;

export interface Tile {
  zoom: number;
  /** Begins at `index` times its length. */
  index: number;
}

const keyOf = ({ zoom, index }: Tile) => `${zoom}:${index}`;
export const tileSeconds = (zoom: number): number => tileColumns * zoomSteps[zoom]!;

export class SpectrogramTiles {
  /** In the order in which they were last wanted. */
  private readonly held = new Map<string, SpectrogramPiece>();
  private readonly asked = new Set<string>();
  private readonly refused = new Set<string>();
  private wanted: Tile[] = [];
  private generation = 0;

  constructor(
    private readonly ask: (tile: Tile) => Promise<SpectrogramPiece>,
    /** A tile came. */
    private readonly came: () => void,
    /** One will not come: it is not asked for again until `clear`. */
    private readonly failed: (thrown: unknown) => void,
  ) {}

  get size(): number {
    return this.held.size;
  }

  find(tile: Tile): SpectrogramPiece | undefined {
    return this.held.get(keyOf(tile));
  }

  /**
   * What is needed of a stretch, first what is in sight, then a tile more on either side.
   * @param endS of the recording
   */
  want(zoom: number, startS: number, seconds: number, endS: number): void {
    const length = tileSeconds(zoom);
    const first = Math.floor(startS / length);
    const last = Math.floor((startS + seconds) / length);
    const inSight = Array.from({ length: last - first + 1 }, (_, i) => first + i);
    this.wanted = [...inSight, last + 1, first - 1]
      .filter((index) => index >= 0 && index * length < endS)
      .map((index) => ({ zoom, index }));
    for (const tile of [...this.wanted].reverse()) {
      const piece = this.find(tile);
      if (!piece) continue;
      this.held.delete(keyOf(tile));
      this.held.set(keyOf(tile), piece);
    }
    this.next();
  }

  /** Another window, channel or recording: what is held, or still under way, is of no use. */
  clear(): void {
    this.generation++;
    this.held.clear();
    this.asked.clear();
    this.refused.clear();
    this.wanted = [];
  }

  private next(): void {
    for (const tile of this.wanted) {
      if (this.asked.size >= mostAsked) return;
      const key = keyOf(tile);
      if (this.held.has(key) || this.asked.has(key) || this.refused.has(key)) continue;
      void this.load(tile);
    }
  }

  private async load(tile: Tile): Promise<void> {
    const key = keyOf(tile);
    const mine = this.generation;
    this.asked.add(key);
    try {
      const piece = await this.ask(tile);
      if (mine !== this.generation) return;
      this.held.set(key, piece);
      for (const old of this.held.keys()) {
        if (this.held.size <= mostTiles) break;
        this.held.delete(old);
      }
      this.came();
    } catch (thrown) {
      if (mine !== this.generation) return;
      this.refused.add(key);
      this.failed(thrown);
    }
    this.asked.delete(key);
    this.next();
  }
}

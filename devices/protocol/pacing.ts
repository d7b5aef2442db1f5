/**
 * How large the pieces of a transfer should be and how many should be in flight, from what was lost so far. A long
 * frame wastes less on its head and tail and is hit more often; the piece chosen is the one that brings the most
 * bytes over the line in the same time.
 */
export interface Path {
  /** Largest piece and most pieces in flight, as the board takes them. */
  largestPiece: number;
  largestWindow: number;
  /** Bytes on the line for a piece, all told. */
  frameBytes(piece: number): number;
  /** The line's; null where nobody knows. */
  bytesPerMs: number | null;
  /** Of a small message on an idle line; null before one was measured. */
  roundTripMs: number | null;
}

const smallestPiece = 32;
/** To begin with, until `knownBytes` have shown what the line is like. */
const firstPiece = 512;
const knownBytes = 4096;
/**
 * In flight where nothing is sent in vain: enough to hide the host's own timing. Not more, so that what waits in
 * the buffers of a driver that cannot read while it waits to write stays small.
 */
const usualWindow = 4;
const mostBytesInFlight = 9216;
/** Bytes after which what was seen counts for 1/e. */
const memoryBytes = 64_000;

export class Pacing {
  private exposedBytes = 0;
  private losses = 0;
  private keepsEarly = false;
  private lostEver = 0;

  constructor(private readonly path: () => Path) {}

  /** A piece was taken: its frame came through whole. */
  taken(piece: number): void {
    this.expose(this.path().frameBytes(piece));
  }

  /** A frame was lost: up to its first wrong byte, on average half of it, nothing was wrong. */
  lost(piece: number): void {
    this.expose(this.path().frameBytes(piece) / 2);
    this.losses++;
    this.lostEver++;
  }

  /** The board has kept a piece that came too early: what follows a lost one need not be sent again. */
  kept(): void {
    this.keepsEarly = true;
  }

  /** Since the beginning. */
  get lossCount(): number {
    return this.lostEver;
  }

  /** Losses a byte on the line. */
  get lossRate(): number {
    return this.losses / Math.max(this.exposedBytes, 1);
  }

  get pieceBytes(): number {
    const { largestPiece } = this.path();
    let best = this.exposedBytes < knownBytes ? Math.min(firstPiece, largestPiece) : largestPiece;
    if (this.lossRate === 0) return best;
    for (let piece = best; piece >= smallestPiece; piece = Math.floor(piece * 0.9)) {
      if (this.goodput(piece) > this.goodput(best)) best = piece;
    }
    return best;
  }

  get window(): number {
    return this.windowOf(this.pieceBytes);
  }

  /** Bytes of data for a byte on the line, with the pieces chosen. */
  get share(): number {
    return this.goodput(this.pieceBytes);
  }

  private windowOf(piece: number): number {
    const { bytesPerMs, roundTripMs, frameBytes, largestWindow } = this.path();
    if (this.keepsEarly || this.losses === 0) {
      const fitting = Math.floor(mostBytesInFlight / frameBytes(piece));
      return Math.min(Math.max(usualWindow, fitting), largestWindow);
    }
    if (bytesPerMs === null || roundTripMs === null) return Math.min(usualWindow, largestWindow);
    // One on the line, as many as fit into a round trip, and two for the host's timing.
    const inRoundTrip = Math.ceil((bytesPerMs * roundTripMs) / frameBytes(piece));
    return Math.max(1, Math.min(3 + inRoundTrip, largestWindow));
  }

  private goodput(piece: number): number {
    const frame = this.path().frameBytes(piece);
    const arrives = Math.exp(-this.lossRate * frame);
    // Sent in vain with each loss: the frame, and where the board keeps nothing, all that was in flight behind it.
    const behind = this.keepsEarly ? 0 : (this.windowOf(piece) - 1) * frame;
    return piece / (frame + ((1 - arrives) / arrives) * (frame + behind));
  }

  private expose(bytes: number): void {
    const fading = Math.exp(-bytes / memoryBytes);
    this.exposedBytes = this.exposedBytes * fading + bytes;
    this.losses *= fading;
  }
}

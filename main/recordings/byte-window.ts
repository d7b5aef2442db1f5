import { pieceBytes, type OpenFile } from './file.ts';

/** A read takes longer to be asked for than to be done: who goes on reads more at once, up to half a megabyte. */
const mostAtOnce = 8 * pieceBytes;

/** A window sliding forward over a file: a parser looks at `bytes`, asks for `more`, and skips what it has used. */
export class ByteWindow {
  bytes: Uint8Array = new Uint8Array(0);
  /** True when `bytes` reaches the end of the file. */
  ended = false;
  private atOnce = pieceBytes;

  constructor(
    private readonly file: OpenFile,
    /** Where `bytes` starts in the file. */
    public offset: number,
  ) {}

  /** Appends one piece. @returns false at the end of the file */
  async more(): Promise<boolean> {
    if (this.ended) return false;
    const wanted = this.atOnce;
    this.atOnce = Math.min(2 * wanted, mostAtOnce);
    const piece = await this.file.read(this.offset + this.bytes.length, wanted);
    if (piece.length < wanted) this.ended = true;
    if (piece.length === 0) return false;
    if (this.bytes.length === 0) {
      this.bytes = piece;
    } else {
      const joined = new Uint8Array(this.bytes.length + piece.length);
      joined.set(this.bytes);
      joined.set(piece, this.bytes.length);
      this.bytes = joined;
    }
    return true;
  }

  /** Asks for more until there are `length` bytes. @returns false when the file ends before */
  async need(length: number): Promise<boolean> {
    while (this.bytes.length < length) if (!(await this.more())) return false;
    return true;
  }

  skip(length: number): void {
    this.bytes = this.bytes.subarray(length);
    this.offset += length;
  }
}

/** Bits into bytes, the highest first. */
export class BitWriter {
  private place = new Uint8Array(65_536);
  private at = 0;
  private held = 0;
  private heldBits = 0;

  /** @param bits 1 to 24 @param value of which the lowest so many are written; negative ones in two's complement */
  put(value: number, bits: number): void {
    this.held = ((this.held << bits) | (value & (2 ** bits - 1))) >>> 0;
    this.heldBits += bits;
    while (this.heldBits >= 8) {
      this.heldBits -= 8;
      this.byte((this.held >>> this.heldBits) & 0xff);
    }
    this.held &= 2 ** this.heldBits - 1;
  }

  /** So many zeros and a one. */
  unary(zeros: number): void {
    for (let left = zeros; left > 0; left -= 16) this.put(0, Math.min(16, left));
    this.put(1, 1);
  }

  /** Zeros up to the next byte. */
  align(): void {
    if (this.heldBits > 0) this.put(0, 8 - this.heldBits);
  }

  get bytes(): number {
    return this.at;
  }

  /** Whole bytes from there on, a view. */
  since(from: number): Uint8Array {
    return this.place.subarray(from, this.at);
  }

  private byte(value: number): void {
    if (this.at === this.place.length) {
      const larger = new Uint8Array(2 * this.at);
      larger.set(this.place);
      this.place = larger;
    }
    this.place[this.at++] = value;
  }
}

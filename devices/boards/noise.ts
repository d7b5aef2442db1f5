/** What a bad line does to the bytes of one direction, drawn from a seed: the same bytes fare the same every time. */
export interface NoiseOptions {
  /** Any integer. */
  seed: number;
  /** Probability that one data bit is flipped, 0 to 1, each for itself; may depend on the rate, bits a second. */
  bitErrorRate?: number | ((baud: number) => number);
  /** Stretches of random bytes, on average one in every `everyBytes`, `bytes` long or until the line is idle. */
  bursts?: { everyBytes: number; bytes: number };
  /** Probability that a byte is lost, or comes twice. */
  lostBytes?: number;
  doubledBytes?: number;
  /** Bytes that never get through: 0x11 and 0x13 where a driver keeps them for flow control. */
  eaten?: readonly number[];
  /** Probability that all that was written at once is lost, or comes twice, or waits `heldMs`. */
  lostWrites?: number;
  doubledWrites?: number;
  heldWrites?: number;
  heldMs?: number;
}

export class Noise {
  private readonly draw: () => number;
  private bitErrorRate = 0;
  /** Data bits until the next one is flipped; bytes until the next burst, and left of the one that goes on. */
  private bitsToError = Infinity;
  private bytesToBurst: number;
  private burstLeft = 0;

  constructor(private readonly options: NoiseOptions) {
    this.draw = randomNumbers(options.seed);
    this.bytesToBurst = this.gap(1 / (options.bursts?.everyBytes ?? Infinity));
  }

  /** The line has been idle: a burst does not wait for the next bytes. */
  rest(): void {
    this.burstLeft = 0;
  }

  /** How long a write waits before it goes on the line, milliseconds. */
  holds(): number {
    return this.happens(this.options.heldWrites) ? (this.options.heldMs ?? 0) : 0;
  }

  /** What arrives of bytes that were written at once. */
  pass(bytes: Uint8Array, baud: number): Uint8Array {
    const { bitErrorRate = 0, lostBytes, doubledBytes, eaten } = this.options;
    const rate = typeof bitErrorRate === 'number' ? bitErrorRate : bitErrorRate(baud);
    if (rate !== this.bitErrorRate) {
      this.bitErrorRate = rate;
      this.bitsToError = this.gap(rate);
    }
    const copies = this.happens(this.options.lostWrites)
      ? 0
      : this.happens(this.options.doubledWrites)
        ? 2
        : 1;
    const out: number[] = [];
    for (let copy = 0; copy < copies; copy++) {
      for (const sent of bytes) {
        const byte = this.disturb(sent);
        if (eaten?.includes(byte) || this.happens(lostBytes)) continue;
        out.push(byte);
        if (this.happens(doubledBytes)) out.push(byte);
      }
    }
    return Uint8Array.from(out);
  }

  /** What a receiver set to another rate makes of bytes: fewer, and other ones. */
  garble(bytes: Uint8Array): Uint8Array {
    return bytes.filter(() => this.draw() < 0.5).map(() => this.randomByte());
  }

  private disturb(sent: number): number {
    if (this.burstLeft > 0) {
      this.burstLeft--;
      return this.randomByte();
    }
    if (this.bytesToBurst-- <= 0) {
      this.burstLeft = (this.options.bursts?.bytes ?? 1) - 1;
      this.bytesToBurst = this.gap(1 / (this.options.bursts?.everyBytes ?? Infinity));
      return this.randomByte();
    }
    let byte = sent;
    for (; this.bitsToError < 8; this.bitsToError += 1 + this.gap(this.bitErrorRate)) {
      byte ^= 1 << this.bitsToError;
    }
    this.bitsToError -= 8;
    return byte;
  }

  /** Trials that pass before the next hit, geometrically distributed. */
  private gap(probability: number): number {
    if (probability <= 0) return Infinity;
    if (probability >= 1) return 0;
    return Math.floor(Math.log(1 - this.draw()) / Math.log1p(-probability));
  }

  private happens(probability = 0): boolean {
    return probability > 0 && this.draw() < probability;
  }

  private randomByte(): number {
    return Math.floor(this.draw() * 256);
  }
}

/** Numbers in [0, 1) by xorshift32 (Marsaglia, Xorshift RNGs, 2003). */
function randomNumbers(seed: number): () => number {
  // Neighbouring seeds must not begin alike, and the state may not be 0.
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) | 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 0x1_0000_0000;
  };
  for (let i = 0; i < 8; i++) next();
  return next;
}

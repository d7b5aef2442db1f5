/** A seeded generator (xorshift32 after a splitmix step), so that training repeats exactly. */
export class Random {
  #state: number;

  constructor(seed: number) {
    let mixed = (seed + 0x9e3779b9) | 0;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    this.#state = mixed ^ (mixed >>> 16) || 1;
  }

  /** All there is to know of the generator: set to an earlier value, it goes on as it did from there. */
  get state(): number {
    return this.#state;
  }

  set state(value: number) {
    this.#state = value;
  }

  /** Uniform in [0, 1). */
  uniform(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return (x >>> 0) / 2 ** 32;
  }

  /** Shuffles in place (Fisher–Yates). */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = Math.floor(this.uniform() * (i + 1));
      [items[i], items[j]] = [items[j], items[i]];
    }
    return items;
  }

  /** Uniform in ±limit. */
  spread(length: number, limit: number): Float32Array {
    return Float32Array.from({ length }, () => (2 * this.uniform() - 1) * limit);
  }

  /** Inverted dropout: 0 with probability `rate`, else 1 / (1 − rate). */
  dropout(length: number, rate: number): Float32Array {
    const kept = 1 / (1 - rate);
    return Float32Array.from({ length }, () => (this.uniform() < rate ? 0 : kept));
  }
}

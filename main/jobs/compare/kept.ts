/** What took long to look up, kept for those who ask again soon: a page asks while a job goes on. */
interface Look<T> {
  value: Promise<T>;
  /** Milliseconds; Infinity: nothing changes any more. */
  untilMs: number;
}

/** Looking takes a share of the time at most, and so long nothing at least, milliseconds. */
const share = 0.2;
const leastMs = 500;
const mostLooks = 8;

export class Kept<T> {
  private readonly looks = new Map<string, Look<T>>();

  /** @param settled nothing changes any more @throws what `look` throws, which is not kept */
  of(name: string, settled: boolean, look: () => Promise<T>): Promise<T> {
    const there = this.looks.get(settled ? `settled ${name}` : name);
    if (there && performance.now() < there.untilMs) return there.value;
    return this.keep(settled ? `settled ${name}` : name, settled, look());
  }

  private keep(name: string, settled: boolean, value: Promise<T>): Promise<T> {
    const begun = performance.now();
    const look = { value, untilMs: Infinity };
    this.looks.set(name, look);
    value.then(
      () => {
        const now = performance.now();
        if (!settled) look.untilMs = now + Math.max(leastMs, (now - begun) / share);
      },
      () => this.looks.delete(name),
    );
    const [oldest] = this.looks.keys();
    if (this.looks.size > mostLooks) this.looks.delete(oldest!);
    return value;
  }
}

/** Whose turn it is among virtual boards that share a thread: one piece of work at a time, and others may run between. */
import type { Clock } from '../../protocol/clock.ts';

export class Turns {
  private readonly urgent = new Set<() => void>();
  private readonly waiting = new Set<() => void>();
  private going = false;

  constructor(private readonly clock: Clock) {}

  /**
   * Has `work` done in a later turn, once however often it is asked for.
   * @param urgent before what is not: an answer that somebody waits for goes before sound, which a busy machine may miss
   */
  want(work: () => void, urgent: boolean): void {
    if (urgent) this.waiting.delete(work);
    if (urgent || !this.urgent.has(work)) (urgent ? this.urgent : this.waiting).add(work);
    if (this.going) return;
    this.going = true;
    this.goOn();
  }

  private goOn(): void {
    this.clock.after(0, () => {
      const from = this.urgent.size > 0 ? this.urgent : this.waiting;
      const [work] = from;
      if (work) from.delete(work);
      this.going = this.urgent.size + this.waiting.size > 0;
      if (this.going) this.goOn();
      work?.();
    });
  }
}

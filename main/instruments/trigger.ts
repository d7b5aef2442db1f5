/** When a capture begins: what comes before is held, so much of it as is wanted, and written once the trigger came. */
import type { Trigger } from './contract/captures.ts';
import { newSamples } from './pages.ts';
import { gap } from './totals.ts';

/** Takes samples as a capture does. */
export interface SampleTaker {
  sample(current: number, logic: number, range: number): void;
}

/** Of a trigger: whether a sample is beyond it. */
export const isBeyond = ({ on, level, pin }: Trigger, current: number, logic: number): boolean => {
  switch (on) {
    case 'above':
      return current > level;
    case 'below':
      return current < level;
    case 'high':
      return (logic & (1 << pin)) !== 0;
    case 'low':
      return (logic & (1 << pin)) === 0;
  }
};

export class TriggerGate implements SampleTaker {
  private readonly held;
  private next = 0;
  private filled = 0;
  /** Null before the first sample: a trigger is a change, not a state. */
  private beyond: boolean | null = null;
  fired = false;
  /** What came before it is being written. */
  replaying = false;

  /** @param before samples that are kept from before it */
  constructor(
    private readonly trigger: Trigger,
    private readonly before: number,
    private readonly to: SampleTaker,
  ) {
    this.held = newSamples(before);
  }

  sample(current: number, logic: number, range: number): void {
    if (!this.fired && range !== gap) {
      const beyond = isBeyond(this.trigger, current, logic);
      if (beyond && this.beyond === false) this.fire();
      this.beyond = beyond;
    }
    if (this.fired) this.to.sample(current, logic, range);
    else this.hold(current, logic, range);
  }

  private hold(current: number, logic: number, range: number): void {
    if (this.before === 0) return;
    this.held.currents[this.next] = current;
    this.held.logic[this.next] = logic;
    this.held.ranges[this.next] = range;
    this.next = (this.next + 1) % this.before;
    if (this.filled < this.before) this.filled++;
  }

  private fire(): void {
    this.fired = this.replaying = true;
    const first = this.filled < this.before ? 0 : this.next;
    for (let i = 0; i < this.filled; i++) {
      const at = (first + i) % this.before;
      this.to.sample(this.held.currents[at]!, this.held.logic[at]!, this.held.ranges[at]!);
    }
    this.replaying = false;
  }
}

/** Rolls up what was recorded while the lab is open, joins what has passed, and deletes what is kept no longer. */
import type { Clock } from '../../../devices/protocol/clock.ts';
import type { Store } from '../open-store.ts';
import { hourMs, minuteMs } from './features.ts';
import { prune } from './retention.ts';
import { join, roll } from './roll.ts';

interface Context {
  clock: Clock;
  /** Milliseconds since 1970. */
  wallMs(): number;
  /** Of what fails; it is tried again at the next turn. */
  onProblem(thrown: unknown): void;
}

export class KeepRolled {
  private readonly stopping = new AbortController();
  private readonly work: Promise<void>;
  private tidiedMs = -Infinity;

  constructor(
    private readonly store: Store,
    private readonly context: Context,
  ) {
    this.work = this.go();
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await this.work;
  }

  /** What is to be kept for a shorter time goes at the next turn. */
  tidySoon(): void {
    this.tidiedMs = -Infinity;
  }

  private async go(): Promise<void> {
    const { clock, wallMs, onProblem } = this.context;
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await clock.sleep(minuteMs, signal).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await roll(this.store);
        if (clock.nowMs() - this.tidiedMs < hourMs) continue;
        this.tidiedMs = clock.nowMs();
        await join(this.store, wallMs());
        await prune(this.store, wallMs());
      } catch (thrown) {
        onProblem(thrown);
      }
    }
  }
}

/** Whether a board answers at all, whatever it was asked. */
import type { Clock } from '../../devices/protocol/clock.ts';

/** A board that has answered nothing for so long is silent; it is judged this often. Milliseconds. */
const silentAfterMs = 8000;
export const judgeEveryMs = 1000;

export class Hearing {
  private heard: { atMs: number; messages: number };
  private judgedMs: number;

  /** @param messages that the board has answered so far */
  constructor(
    private readonly clock: Clock,
    messages: number,
  ) {
    this.judgedMs = clock.nowMs();
    this.heard = { atMs: this.judgedMs, messages };
  }

  judge(messages: number): 'answered' | 'waiting' | 'silent' {
    const now = this.clock.nowMs();
    // Where the lab itself was busy, what the board said may not have been read yet.
    const late = now - this.judgedMs > 3 * judgeEveryMs;
    this.judgedMs = now;
    const answered = messages !== this.heard.messages;
    if (answered || late) this.heard = { atMs: now, messages };
    if (answered) return 'answered';
    return now - this.heard.atMs >= silentAfterMs ? 'silent' : 'waiting';
  }
}

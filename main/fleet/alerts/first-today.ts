/** Which class was heard where for the first time on this day of the lab's time zone, as records come in. */
import { heardClasses, type HeardClass } from '../../store/fleet-changes.ts';
import type { Store } from '../../store/open-store.ts';
import type { AlertRule } from './contract/alerts.ts';

/** Of one judgement: what was heard of each class, and for each rule its first board among those that it applies to. */
export interface Heard {
  ofClass: ReadonlyMap<string, HeardClass>;
  first: Map<string, { rule: AlertRule; boardId: string; atMs: number; probability: number }>;
}

const keyOf = (className: string, boardId: string): string => `${className}\n${boardId}`;
const dayOf = (ms: number): number => new Date(ms).setHours(0, 0, 0, 0);

export class FirstToday {
  private day = -Infinity;
  private wanted = '';
  private batch = 0;
  private readonly found = new Map<string, HeardClass>();

  constructor(private readonly store: Store) {}

  /** Reads the records that came since it was last asked; all of the day's where rules have changed. @throws CurlewError of the store */
  async read(rules: readonly AlertRule[], nowMs: number): Promise<Heard> {
    const least = new Map<string, number>();
    for (const { kind, on, className, threshold } of rules)
      if (kind === 'first today' && on)
        least.set(className, Math.min(threshold, least.get(className) ?? Infinity));
    const wanted = JSON.stringify([...least]);
    const day = dayOf(nowMs);
    if (day !== this.day || wanted !== this.wanted) {
      this.found.clear();
      this.batch = 0;
    }
    if (least.size > 0) {
      const classes = [...least].map(([className, from]) => ({ className, least: from }));
      const { heard, upToBatch } = await heardClasses(this.store, classes, day, this.batch);
      this.batch = upToBatch;
      for (const one of heard) {
        const key = keyOf(one.className, one.boardId);
        const before = this.found.get(key);
        if (!before || one.atMs < before.atMs) this.found.set(key, one);
      }
    }
    this.day = day;
    this.wanted = wanted;
    return { ofClass: this.found, first: new Map() };
  }

  /** The rule applies to this board. */
  offer({ ofClass, first }: Heard, rule: AlertRule, boardId: string): void {
    const heard = ofClass.get(keyOf(rule.className, boardId));
    if (!heard || heard.probability < rule.threshold) return;
    const before = first.get(rule.id);
    if (before && before.atMs <= heard.atMs) return;
    const { atMs, probability } = heard;
    first.set(rule.id, { rule, boardId, atMs, probability });
  }

  isToday(ms: number, nowMs: number): boolean {
    return dayOf(ms) === dayOf(nowMs);
  }
}

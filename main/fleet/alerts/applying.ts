/** Which rule applies to a board: of one kind (and class) its own, else its group's, else the one for all. */
import type { AlertRule } from './contract/alerts.ts';

interface OfKind {
  all: AlertRule | null;
  groups: Map<string, AlertRule>;
  boards: Map<string, AlertRule>;
}

export class Applying {
  private readonly kinds = new Map<string, OfKind>();

  constructor(rules: Iterable<AlertRule>) {
    for (const rule of rules) {
      const key = `${rule.kind} ${rule.className}`;
      const of = this.kinds.get(key) ?? { all: null, groups: new Map(), boards: new Map() };
      this.kinds.set(key, of);
      if (rule.target.kind === 'all') of.all = rule;
      else if (rule.target.kind === 'group') of.groups.set(rule.target.groupId, rule);
      else of.boards.set(rule.target.boardId, rule);
    }
  }

  /** Those that are on. */
  of(boardId: string, groupId: string | null): AlertRule[] {
    const found: AlertRule[] = [];
    for (const { all, groups, boards } of this.kinds.values()) {
      const rule = boards.get(boardId) ?? (groupId === null ? undefined : groups.get(groupId)) ?? all;
      if (rule?.on) found.push(rule);
    }
    return found;
  }
}

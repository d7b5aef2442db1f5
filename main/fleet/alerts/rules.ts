/** The rules of alerts: the usual ones, as a person changed them, and those that a person made. */
import { randomUUID } from 'node:crypto';
import { CurlewError } from '../../contract/error.ts';
import type { Emit } from '../../contract/events.ts';
import { tellAll } from '../../contract/fault.ts';
import type { AlertStore } from '../../store/alert-store.ts';
import type { Details } from '../details/details.ts';
import { alertKinds, isUsual, type AlertRule, type AlertTarget, type RuleChange } from './contract/alerts.ts';
import { usualRule, usualRules } from './usual-rules.ts';

interface Rooms {
  store: Pick<AlertStore, 'rules' | 'keepRule' | 'removeRule'>;
  details: Pick<Details, 'group' | 'known'>;
  emit: Emit;
}

const mostRules = 2000;

export class Rules {
  private readonly byId = new Map(usualRules().map((rule) => [rule.id, rule]));
  private readonly listeners = new Set<(none: null) => void>();
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(private readonly rooms: Rooms) {}

  /** @throws CurlewError of the store */
  static async open(rooms: Rooms): Promise<Rules> {
    const rules = new Rules(rooms);
    for (const kept of await rooms.store.rules()) rules.byId.set(kept.id, kept);
    return rules;
  }

  /** By kind, those for all boards first. */
  list(): AlertRule[] {
    const wide: Record<AlertTarget['kind'], number> = { all: 0, group: 1, board: 2 };
    return [...this.byId.values()].sort(
      (a, b) =>
        alertKinds.indexOf(a.kind) - alertKinds.indexOf(b.kind) ||
        a.className.localeCompare(b.className) ||
        wide[a.target.kind] - wide[b.target.kind],
    );
  }

  /** Called after every change. */
  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** @throws CurlewError REQUEST_INVALID, GROUP_NOT_FOUND, BOARD_NOT_FOUND; those of the store */
  save(change: RuleChange): Promise<AlertRule> {
    return this.exclusively(async () => {
      const rule = this.changed(change);
      await this.rooms.store.keepRule(rule);
      this.byId.set(rule.id, rule);
      this.tell();
      return rule;
    });
  }

  /** @throws CurlewError REQUEST_INVALID of the usual ones, or of one that is not there; those of the store */
  remove(ruleId: string): Promise<void> {
    return this.exclusively(async () => {
      this.find(ruleId);
      if (isUsual(ruleId))
        throw invalid('This rule is one of the usual ones, which stay: switch it off instead.');
      await this.rooms.store.removeRule(ruleId);
      this.byId.delete(ruleId);
      this.tell();
    });
  }

  private changed({ ruleId, kind, ...given }: RuleChange): AlertRule {
    const change = Object.fromEntries(
      Object.entries(given).filter(([, value]) => value !== undefined),
    ) as Partial<AlertRule>;
    if (ruleId !== undefined) {
      const before = this.find(ruleId);
      if (kind !== undefined && kind !== before.kind)
        throw invalid('A rule stays of its kind: make another one.');
      if (isUsual(ruleId) && change.target && change.target.kind !== 'all')
        throw invalid('This rule is for all boards: make another one for some of them.');
      return this.checked({ ...before, ...change });
    }
    if (kind === undefined) throw invalid(`Say of which kind the rule is: ${alertKinds.join(', ')}.`);
    if (this.byId.size >= mostRules) throw invalid(`There are ${mostRules} rules: remove some first.`);
    return this.checked({ ...usualRule(kind, randomUUID()), ...change });
  }

  private checked(rule: AlertRule): AlertRule {
    const { kind, className, target, threshold } = rule;
    if ((kind === 'first today') !== (className !== ''))
      throw invalid(
        kind === 'first today'
          ? 'Say which class is to be heard: as the bank of the boards calls it.'
          : `A rule of the kind ${kind} is of no class.`,
      );
    if (kind === 'first today' && threshold > 1) throw invalid('A probability is 0 to 1.');
    if (target.kind === 'group') this.rooms.details.group(target.groupId);
    if (target.kind === 'board' && !this.rooms.details.known().some(({ id }) => id === target.boardId))
      throw new CurlewError('BOARD_NOT_FOUND', `The lab knows no board with the id ${target.boardId}.`, {
        boardId: target.boardId,
      });
    const same = this.list().find(
      (one) =>
        one.id !== rule.id &&
        one.kind === kind &&
        one.className === className &&
        JSON.stringify(one.target) === JSON.stringify(target),
    );
    if (same) throw invalid('There is a rule of this kind for the same boards: change that one.');
    return rule;
  }

  private find(ruleId: string): AlertRule {
    const found = this.byId.get(ruleId);
    if (found) return found;
    throw new CurlewError('REQUEST_INVALID', `There is no rule “${ruleId}”.`, { ruleId });
  }

  private tell(): void {
    this.rooms.emit('alertRules', this.list());
    tellAll(this.listeners, null, null);
  }

  private exclusively<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turn.then(work);
    this.turn = mine.catch(() => undefined);
    return mine;
  }
}

const invalid = (text: string): CurlewError => new CurlewError('REQUEST_INVALID', text);

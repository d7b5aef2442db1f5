/** What a person said of boards and of groups of them, kept over restarts, whether the boards are there or not. */
import { randomUUID } from 'node:crypto';
import type { Banks } from '../../banks/banks.ts';
import { CurlewError } from '../../contract/error.ts';
import type { Emit } from '../../contract/events.ts';
import type { Asker } from '../../contract/roles.ts';
import { settingProblems } from '../../contract/settings.ts';
import type {
  Board,
  BoardDetails,
  BoardGroup,
  DetailsChange,
  SettingsChange,
  Wanted,
  WantedBank,
  WantedSettings,
} from '../../contract/types.ts';
import type { DetailsStore } from '../../store/details-store.ts';
import type { BoardLog } from '../board-log.ts';
import { wantedProblems } from '../contract/details.ts';
import { noDetails, wantedOf, type WantedOfBoard } from '../contract/wanted.ts';
import { changesOf } from './changes.ts';

export interface DetailsRooms {
  emit: Emit;
  boardLog: Pick<BoardLog, 'add'>;
  banks: Pick<Banks, 'experts' | 'routers'>;
  /** All that the lab knows. */
  boards(): Board[];
}

/** What is left out stays. */
export interface GroupChange {
  groupId?: string | undefined;
  name?: string | undefined;
  notes?: string | undefined;
  settings?: SettingsChange | undefined;
  expertId?: string | null | undefined;
}

/** One change to several boards and groups. */
interface Draft {
  details: BoardDetails[];
  groups: BoardGroup[];
}

export class Details {
  private readonly ofBoards = new Map<string, BoardDetails>();
  private readonly byId = new Map<string, BoardGroup>();
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly store: DetailsStore,
    private readonly rooms: DetailsRooms,
  ) {}

  /** @throws CurlewError of the store */
  static async open(store: DetailsStore, rooms: DetailsRooms): Promise<Details> {
    const details = new Details(store, rooms);
    const kept = await store.load();
    for (const one of kept.details) details.ofBoards.set(one.boardId, { ...noDetails(one.boardId), ...one });
    for (const one of kept.groups) details.byId.set(one.id, one);
    return details;
  }

  list(): BoardDetails[] {
    return [...this.ofBoards.values()];
  }

  has(boardId: string): boolean {
    return this.ofBoards.has(boardId);
  }

  of(boardId: string): BoardDetails {
    return this.ofBoards.get(boardId) ?? noDetails(boardId);
  }

  /** By their names. */
  groups(): BoardGroup[] {
    return [...this.byId.values()].sort((a, b) => a.name.localeCompare(b.name));
  }

  /** @throws CurlewError GROUP_NOT_FOUND */
  group(groupId: string): BoardGroup {
    const group = this.byId.get(groupId);
    if (group) return group;
    throw new CurlewError('GROUP_NOT_FOUND', `The lab has no group with the id ${groupId}.`, { groupId });
  }

  groupOf(boardId: string): BoardGroup | null {
    const { groupId } = this.of(boardId);
    return groupId === null ? null : (this.byId.get(groupId) ?? null);
  }

  wanted(boardId: string): WantedOfBoard {
    return wantedOf(this.of(boardId), this.groupOf(boardId));
  }

  /** All boards that the lab knows by their serial numbers. */
  known(): Board[] {
    return this.rooms.boards().filter(({ id }) => !id.startsWith('port:'));
  }

  /**
   * The same change of several boards: all of it or nothing.
   * @returns their details
   * @throws CurlewError BOARD_NOT_FOUND, GROUP_NOT_FOUND, EXPERT_NOT_FOUND, REQUEST_INVALID; those of the store
   */
  change(
    boardIds: readonly string[],
    change: DetailsChange,
    by: Asker | null = null,
  ): Promise<BoardDetails[]> {
    return this.exclusively(async () => {
      this.requireKnown(boardIds);
      const details = [...new Set(boardIds)].map((boardId) => this.changed(boardId, change));
      await this.keep({ details, groups: [] }, by);
      return details;
    });
  }

  /**
   * What each board becomes, and groups that are to be made before: all of it or nothing.
   * @throws CurlewError as `change`
   * @returns how many of the boards differ from before
   */
  changeEach(
    changes: ReadonlyMap<string, DetailsChange>,
    newGroups: readonly BoardGroup[],
    by: Asker | null = null,
  ): Promise<number> {
    return this.exclusively(async () => {
      this.requireKnown([...changes.keys()]);
      const known = new Set(newGroups.map(({ id }) => id));
      const details = [...changes]
        .map(([boardId, change]) => this.changed(boardId, change, known))
        .filter((one) => changesOf(this.of(one.boardId), one).length > 0);
      await this.keep({ details, groups: [...newGroups] }, by);
      return details.length;
    });
  }

  /**
   * What boards want by themselves, as it was chosen before: a bank need not be in the lab's any more.
   * @throws CurlewError BOARD_NOT_FOUND; those of the store
   */
  want(wishes: ReadonlyMap<string, Wanted>, by: Asker | null): Promise<void> {
    return this.exclusively(async () => {
      this.requireKnown([...wishes.keys()]);
      const details = [...wishes].map(([boardId, { settings, bank }]) => ({
        ...this.of(boardId),
        settings,
        bank,
      }));
      await this.keep({ details, groups: [] }, by);
    });
  }

  /** @throws CurlewError GROUP_NOT_FOUND, EXPERT_NOT_FOUND, REQUEST_INVALID; those of the store */
  saveGroup(change: GroupChange): Promise<BoardGroup> {
    return this.exclusively(async () => {
      const before = change.groupId === undefined ? newGroup('') : this.group(change.groupId);
      const { name = before.name, notes = before.notes, expertId } = change;
      if (name === '') throw new CurlewError('REQUEST_INVALID', 'A group needs a name.');
      if (this.groups().some((one) => one.id !== before.id && one.name === name)) {
        throw new CurlewError('REQUEST_INVALID', `There is a group “${name}” already; choose another name.`);
      }
      const group: BoardGroup = {
        ...{ id: before.id, name, notes },
        settings: merged(before.settings, change.settings),
        bank: expertId === undefined ? before.bank : this.bank(expertId),
      };
      await this.keep({ details: [], groups: [group] }, null);
      return group;
    });
  }

  /** @throws CurlewError GROUP_NOT_FOUND; those of the store */
  removeGroup(groupId: string, by: Asker | null = null): Promise<void> {
    return this.exclusively(async () => {
      this.group(groupId);
      const details = this.list()
        .filter((one) => one.groupId === groupId)
        .map((one) => ({ ...one, groupId: null }));
      await this.store.removeGroup(groupId, details);
      this.take({ details, groups: [] }, by);
      this.byId.delete(groupId);
      this.rooms.emit('groups', this.groups());
    });
  }

  /** @throws CurlewError of the store */
  forget(boardId: string): Promise<void> {
    return this.exclusively(async () => {
      if (!this.ofBoards.has(boardId)) return;
      await this.store.forget(boardId);
      this.ofBoards.delete(boardId);
      this.rooms.emit('details', [noDetails(boardId)]);
    });
  }

  /** Of the lab's banks, by the id of an expert or a router; null for none. @throws CurlewError EXPERT_NOT_FOUND */
  bank(expertId: string | null): WantedBank | null {
    if (expertId === null) return null;
    const { experts, routers } = this.rooms.banks;
    const router = routers.find(({ id }) => id === expertId);
    const found = router ?? experts.find(({ id }) => id === expertId);
    if (!found) {
      throw new CurlewError('EXPERT_NOT_FOUND', `The lab has no expert and no router “${expertId}”.`, {
        expertId,
      });
    }
    const { name, version, imageSha256: sha256 } = found;
    return { sha256, name, version, kind: router ? 'router' : 'expert' };
  }

  private changed(
    boardId: string,
    change: DetailsChange,
    newGroups: ReadonlySet<string> = new Set(),
  ): BoardDetails {
    const before = this.of(boardId);
    const { settings, expertId, ...rest } = change;
    const told = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
    const details: BoardDetails = {
      ...before,
      ...(told as Partial<BoardDetails>),
      settings: merged(before.settings, settings),
      bank: expertId === undefined ? before.bank : this.bank(expertId),
    };
    const { groupId, latitude, longitude } = details;
    if (groupId !== null && !newGroups.has(groupId)) this.group(groupId);
    const problems = settingProblems({ ...placeless, latitude, longitude });
    const problem = problems.latitude ?? problems.longitude;
    if (problem) throw new CurlewError('REQUEST_INVALID', problem, { boardId });
    return { ...details, tags: [...new Set(details.tags)] };
  }

  private requireKnown(boardIds: readonly string[]): void {
    const known = new Set(this.known().map(({ id }) => id));
    const boardId = boardIds.find((id) => !known.has(id));
    if (boardId === undefined) return;
    throw new CurlewError(
      'BOARD_NOT_FOUND',
      boardId.startsWith('port:')
        ? 'The board has not told its serial number yet: nothing can be kept of it.'
        : `The lab knows no board with the id ${boardId}.`,
      { boardId },
    );
  }

  private async keep(draft: Draft, by: Asker | null): Promise<void> {
    await this.store.save(draft.details, draft.groups);
    this.take(draft, by);
  }

  private take({ details, groups }: Draft, by: Asker | null): void {
    for (const one of groups) this.byId.set(one.id, one);
    for (const one of details) {
      const changes = changesOf(this.of(one.boardId), one, (id) => this.byId.get(id)?.name ?? id);
      this.ofBoards.set(one.boardId, one);
      if (changes.length > 0) {
        this.rooms.boardLog.add(one.boardId, 'details', `${changes.join('; ')}.`, { by });
      }
    }
    if (groups.length > 0) this.rooms.emit('groups', this.groups());
    if (details.length > 0) this.rooms.emit('details', details);
  }

  /** What is read, changed and kept is never of two callers at once. */
  private exclusively<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turn.then(work);
    this.turn = mine.catch(() => undefined);
    return mine;
  }
}

export const newGroup = (name: string): BoardGroup => ({
  ...{ id: randomUUID(), name, notes: '', settings: {}, bank: null },
});

const placeless = {
  ...{ name: '', microphoneRate: 16_000, listenS: 0, periodS: 0, hopSamples: 7680, leastProbability: 0 },
  ...{ mostEntropy: 0, telemetryIntervalMs: 0, autoStart: false },
  ...{ uncertainPercent: 0, uncertainPaceS: 600 },
};

/** @throws CurlewError REQUEST_INVALID */
function merged(before: WantedSettings, change: SettingsChange = {}): WantedSettings {
  const all = Object.entries({ ...before, ...change });
  const settings = Object.fromEntries(
    all.filter(([, value]) => value !== null && value !== undefined),
  ) as WantedSettings;
  const [problem] = Object.values(wantedProblems(settings));
  if (problem) throw new CurlewError('REQUEST_INVALID', problem);
  return settings;
}

/** What a board should be, and how what it is differs from that: the same for the lab, the page and the command line. */
import { count } from '../../contract/figures.ts';
import type { BoardSettings } from '../../contract/settings.ts';
import type { Board } from './boards.ts';
import { settingValue, settingWords } from './setting-words.ts';
import type { BoardDetails, BoardGroup, Wanted, WantedBank, WantedSettings } from './details.ts';

/** Of a board of which nothing was said. */
export const noDetails = (boardId: string): BoardDetails => ({
  ...{ boardId, name: '', site: '', latitude: null, longitude: null, notes: '', tags: [], groupId: null },
  ...{ settings: {}, bank: null, whenMet: false },
});

export interface WantedOfBoard {
  settings: Partial<BoardSettings>;
  bank: WantedBank | null;
  /** Settings that are the board's own wish where its group has another, or the same. */
  overrides: (keyof WantedSettings)[];
  /** The bank is the board's own wish, where its group has one. */
  ownBank: boolean;
}

/** The group's wishes, with the board's own before them. */
export function wantedOf(details: BoardDetails, group: Pick<BoardGroup, keyof Wanted> | null): WantedOfBoard {
  const { latitude, longitude, settings, bank } = details;
  const place = latitude === null || longitude === null ? {} : { latitude, longitude };
  const own = Object.keys(settings) as (keyof WantedSettings)[];
  return {
    settings: { ...group?.settings, ...settings, ...place },
    bank: bank ?? group?.bank ?? null,
    overrides: own.filter((name) => group?.settings[name] !== undefined),
    ownBank: bank !== null && Boolean(group?.bank),
  };
}

export type Difference =
  | {
      kind: 'setting';
      name: keyof BoardSettings;
      wanted: BoardSettings[keyof BoardSettings];
      actual: BoardSettings[keyof BoardSettings];
    }
  /** Another bank answers, or none. */
  | { kind: 'bank'; wanted: WantedBank; actual: { name: string; version: number } | null }
  /** The bank is there, and has not stood its trial yet. */
  | { kind: 'trial'; wanted: WantedBank }
  /** It was there, did not stand its trial, and the board went back to the one before. */
  | { kind: 'fell back'; wanted: WantedBank; actual: { name: string; version: number } | null };

/** What a board told of itself when it was last met. */
export type Actual = Pick<Board, 'settings' | 'activeExpert' | 'activeRouter' | 'trial' | 'bootId'>;

/** @returns null until the board was met, or where it has not told yet what is asked */
export function difference(
  wanted: Pick<WantedOfBoard, 'settings' | 'bank'>,
  actual: Actual,
): Difference[] | null {
  const { settings, bank } = wanted;
  const names = Object.keys(settings) as (keyof BoardSettings)[];
  // 0: it was never met.
  if (actual.bootId === 0 || (names.length > 0 && actual.settings === null)) return null;
  const found = names.flatMap((name): Difference[] =>
    same(settings[name]!, actual.settings![name])
      ? []
      : [{ kind: 'setting', name, wanted: settings[name]!, actual: actual.settings![name] }],
  );
  if (bank === null) return found;
  const runs = actual.activeRouter ?? actual.activeExpert;
  if (runs?.sha256 !== bank.sha256) {
    const there = runs && { name: runs.name, version: runs.version };
    found.push({ kind: actual.trial === 'fell_back' ? 'fell back' : 'bank', wanted: bank, actual: there });
  } else if (actual.trial === 'trial') found.push({ kind: 'trial', wanted: bank });
  return found;
}

/** Boards keep numbers as binary32. */
const same = (
  wanted: BoardSettings[keyof BoardSettings],
  actual: BoardSettings[keyof BoardSettings],
): boolean =>
  typeof wanted === 'number' && typeof actual === 'number'
    ? Math.fround(wanted) === Math.fround(actual)
    : wanted === actual;

/** `on trial`: it lacks nothing; the wanted bank has yet to stand its trial, which it does by itself. */
export type Standing = 'nothing wanted' | 'up to date' | 'on trial' | 'differs' | 'unknown';

export function standingOf(
  wanted: Pick<WantedOfBoard, 'settings' | 'bank'>,
  differences: Difference[] | null,
): Standing {
  if (Object.keys(wanted.settings).length === 0 && wanted.bank === null) return 'nothing wanted';
  if (differences === null) return 'unknown';
  if (differences.length === 0) return 'up to date';
  return differences.every(({ kind }) => kind === 'trial') ? 'on trial' : 'differs';
}

/** “up to date”, “on trial”, “2 differences”, “unknown until it is met”; nothing where nothing is wanted. */
export function standingText(standing: Standing, differences: Difference[] | null): string {
  if (standing === 'nothing wanted') return '';
  if (standing === 'unknown') return 'unknown until it is met';
  return standing === 'differs' ? count(differences?.length ?? 0, 'difference') : standing;
}

/** What differs, a sentence. */
export function differenceText(one: Difference): string {
  if (one.kind === 'setting') {
    const { name, wanted, actual } = one;
    return `${settingWords[name][0]}: ${settingValue(name, actual)}, wanted ${settingValue(name, wanted)}`;
  }
  const wanted = `${one.wanted.name}, version ${one.wanted.version}`;
  if (one.kind === 'trial') return `${wanted} is on trial`;
  const runs = one.actual ? `${one.actual.name}, version ${one.actual.version}` : 'nothing';
  return one.kind === 'fell back'
    ? `${wanted} did not stand its trial: ${runs} runs again`
    : `${runs} runs, wanted ${wanted}`;
}

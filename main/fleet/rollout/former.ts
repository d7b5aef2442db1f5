/** What a board was before a roll-out, what it is to be by it, and what it is to be again. */
import type {
  Board,
  BoardDetails,
  BoardGroup,
  RolloutBoard,
  Wanted,
  WantedBank,
  WantedSettings,
} from '../../contract/types.ts';

type Former = NonNullable<RolloutBoard['former']>;

/** @param wanted of the roll-out: of the board's settings those alone are noted */
export function formerOf(details: BoardDetails, board: Board, wanted: Wanted): Former {
  const names = Object.keys(wanted.settings) as (keyof WantedSettings)[];
  const settings = Object.fromEntries(
    names.flatMap((name) => (board.settings ? [[name, board.settings[name]]] : [])),
  ) as WantedSettings;
  return {
    ...{ own: { settings: details.settings, bank: details.bank }, ran: ranOn(board), settings },
    listened: board.continuous,
  };
}

function ranOn({ activeRouter, activeExpert }: Board): WantedBank | null {
  const runs = activeRouter ?? activeExpert;
  if (!runs) return null;
  const { sha256, name, version } = runs;
  return { sha256, name, version, kind: activeRouter ? 'router' : 'expert' };
}

/** The board's own wishes, with the roll-out's before them. */
export function forthWish({ former }: RolloutBoard, wanted: Wanted): Wanted {
  const own = former?.own ?? { settings: {}, bank: null };
  return { settings: { ...own.settings, ...wanted.settings }, bank: wanted.bank ?? own.bank };
}

/** Its own wishes as they were; where neither it nor its group had one, what it was. */
export function backWish(former: Former, wanted: Wanted, group: BoardGroup | null): Wanted {
  const asItWas = Object.entries(former.settings).filter(
    ([name]) => group?.settings[name as keyof WantedSettings] === undefined,
  );
  const settings: WantedSettings = { ...Object.fromEntries(asItWas), ...former.own.settings };
  if (wanted.bank === null) return { settings, bank: former.own.bank };
  return { settings, bank: former.own.bank ?? (group?.bank ? null : former.ran) };
}

/** The boards that a command of the fleet means, with all that is known of each. */
import type { LabClient } from '../../../../contract/client.ts';
import { CurlewError } from '../../../../contract/error.ts';
import type {
  Board,
  BoardDetails,
  BoardGroup,
  Difference,
  Standing,
  WantedOfBoard,
} from '../../../../contract/types.ts';
import { difference, noDetails, standingOf, wantedOf } from '../../../../fleet/contract/wanted.ts';
import type { Args } from '../../command.ts';

export interface FleetBoard {
  board: Board;
  details: BoardDetails;
  group: BoardGroup | null;
  wanted: WantedOfBoard;
  differences: Difference[] | null;
  standing: Standing;
}

/** All that have told their serial numbers. */
export const fleetOf = async (client: LabClient): Promise<FleetBoard[]> =>
  (await knownOf(client)).filter(({ board }) => !board.id.startsWith('port:'));

/** All of the lab's list. */
export async function knownOf(client: LabClient): Promise<FleetBoard[]> {
  const [boards, details, groups] = await Promise.all([
    client.request('boards.list', {}),
    client.request('details.list', {}),
    client.request('groups.list', {}),
  ]);
  const said = new Map(details.map((one) => [one.boardId, one]));
  const groupOf = new Map(groups.map((one) => [one.id, one]));
  return boards.map((board) => {
    const of = said.get(board.id) ?? noDetails(board.id);
    const group = of.groupId === null ? null : (groupOf.get(of.groupId) ?? null);
    const wanted = wantedOf(of, group);
    const differences = difference(wanted, board);
    return { board, details: of, group, wanted, differences, standing: standingOf(wanted, differences) };
  });
}

/** The person's name for it, or its own. */
export const nameOf = ({ board, details }: Pick<FleetBoard, 'board' | 'details'>): string =>
  details.name || board.name;

/**
 * By serial number, or by a name that no other has.
 * @throws CurlewError BOARD_NOT_FOUND
 */
function find(all: readonly FleetBoard[], word: string): FleetBoard {
  const found = all.filter((one) => one.board.id === word);
  const named = found.length > 0 ? found : all.filter((one) => nameOf(one) === word);
  if (named.length === 1) return named[0]!;
  throw new CurlewError(
    'BOARD_NOT_FOUND',
    named.length === 0
      ? `The lab knows no board “${word}”; “curlew fleet list” shows those it knows.`
      : `${named.length} boards are called “${word}”; name one by its serial number: ${named.map(({ board }) => board.id).join(', ')}.`,
  );
}

/**
 * The board that `--board` means, or the only one, under the name that a person gave it.
 * @param away whether one that is not there will do, where none is
 * @throws CurlewError BOARD_NOT_FOUND
 */
export async function chosenOf(client: LabClient, word: string | undefined, away: boolean): Promise<Board> {
  const all = await knownOf(client);
  if (word !== undefined) return called(find(all, word));
  // Without a name the one that is there is meant, whichever others the lab waits for.
  const attached = all.filter(({ board }) => board.state !== 'absent' && board.state !== 'detached');
  const there = away && attached.length === 0 ? all : attached;
  if (there.length === 1) return called(there[0]!);
  const names = there.map((one) => `${nameOf(one)}, ${one.board.id}`).join('; ') || 'none';
  throw new CurlewError(
    'BOARD_NOT_FOUND',
    `Say which board with --board, by its name or serial number (${there === attached ? 'attached' : 'known'}: ${names}).`,
  );
}

const called = (one: FleetBoard): Board => ({ ...one.board, name: nameOf(one) });

/** @throws CurlewError BOARD_NOT_FOUND */
export const boardOf = async (client: LabClient, word: string): Promise<FleetBoard> =>
  find(await fleetOf(client), word);

/** Those that are named, and those of `--group`. @throws CurlewError BOARD_NOT_FOUND, GROUP_NOT_FOUND */
export async function boardsOf(
  client: LabClient,
  words: readonly string[],
  { options }: Pick<Args, 'options'>,
): Promise<FleetBoard[]> {
  const all = await fleetOf(client);
  const meant = new Set(words.map((word) => find(all, word)));
  if (options.group !== undefined) {
    const { id } = await groupNamed(client, options.group);
    for (const one of all) if (one.group?.id === id) meant.add(one);
  }
  return [...meant];
}

/** @throws CurlewError GROUP_NOT_FOUND */
export async function groupNamed(client: LabClient, name: string): Promise<BoardGroup> {
  const groups = await client.request('groups.list', {});
  const found = groups.find((one) => one.name === name);
  if (found) return found;
  const names = groups.map((one) => one.name).join(', ') || 'none';
  throw new CurlewError('GROUP_NOT_FOUND', `There is no group “${name}” (there are: ${names}).`);
}

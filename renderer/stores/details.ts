import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { RequestParams } from '../../main/contract/requests.ts';
import type { Board, BoardDetails, BoardGroup, DetailsChange } from '../../main/contract/types.ts';
import { difference, noDetails, standingOf, wantedOf } from '../../main/fleet/contract/wanted.ts';
import { useFollowed } from './followed.ts';
import { useLab } from './lab.ts';

/** What a person said of boards and groups, and how boards stand to what is wanted of them. */
export const useDetails = defineStore('details', () => {
  const { client } = useLab();
  const said = shallowRef<ReadonlyMap<string, BoardDetails>>(new Map());
  const groups = shallowRef<BoardGroup[]>([]);

  const keep = (details: readonly BoardDetails[]): void => {
    said.value = new Map([...said.value, ...details.map((one) => [one.boardId, one] as const)]);
  };
  const loadDetails = useFollowed(
    'details',
    () => client.request('details.list', {}),
    (found) => (said.value = new Map(found.map((one) => [one.boardId, one]))),
    'What is known of the boards could not be read',
  );
  const loadGroups = useFollowed(
    'groups',
    () => client.request('groups.list', {}),
    (found) => (groups.value = found),
    'The groups could not be read',
  );

  const of = (boardId: string): BoardDetails => said.value.get(boardId) ?? noDetails(boardId);
  const groupOf = (boardId: string): BoardGroup | null => {
    const { groupId } = of(boardId);
    return groups.value.find(({ id }) => id === groupId) ?? null;
  };

  return {
    groups,
    of,
    groupOf,
    nameOf: (board: Board): string => of(board.id).name || board.name || board.portId,
    /** What is wanted of it, and what of that it lacks as far as it has told. */
    standing(board: Board) {
      const wanted = wantedOf(of(board.id), groupOf(board.id));
      const differences = difference(wanted, board);
      return { wanted, differences, standing: standingOf(wanted, differences) };
    },
    load: () => Promise.all([loadDetails(), loadGroups()]),
    change: async (boardIds: string[], change: DetailsChange) =>
      keep(await client.request('details.change', { boardIds, change })),
    saveGroup: async (group: RequestParams<'groups.save'>) => {
      const saved = await client.request('groups.save', group);
      await loadGroups();
      return saved;
    },
    removeGroup: (groupId: string) => client.request('groups.remove', { groupId }),
    table: () => client.request('details.table', {}),
    read: (text: string) => client.request('details.read', { text }),
    update: (boardIds: string[], whenMet: boolean) => client.request('fleet.update', { boardIds, whenMet }),
  };
});

/** The fleet's table: every board with all that is known of it, as it is looked at. */
import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { Alert, Board } from '../../../main/contract/types.ts';
import { useAlerts } from '../alerts.ts';
import { useBoards } from '../boards.ts';
import { useDetails } from '../details.ts';
import { useOverview } from '../overview.ts';
import { useUncertain } from '../uncertain.ts';
import { useFleetLook } from './look.ts';
import { filtered, linesOf, sorted } from './order.ts';
import { marks, rowOf, type FleetRow } from './rows.ts';

/** Nothing is kept of what never told its serial number. */
export const isKnown = ({ id }: Pick<Board, 'id'>): boolean => !id.startsWith('port:');

export const useFleetTable = defineStore('fleetTable', () => {
  const boards = useBoards();
  const details = useDetails();
  const overview = useOverview();
  const uncertain = useUncertain();
  const alerts = useAlerts();
  const look = useFleetLook();

  const all = computed((): FleetRow[] => {
    const did = new Map((overview.boards ?? []).map((one) => [one.boardId, one]));
    const drifts = new Map((overview.drift?.boards ?? []).map((one) => [one.boardId, one]));
    const undecided = new Map(uncertain.counts.map((one) => [one.boardId, one.undecided]));
    const open = new Map<string, Alert[]>();
    for (const alert of alerts.list) {
      if (alert.state === 'open') open.set(alert.boardId, [...(open.get(alert.boardId) ?? []), alert]);
    }
    return (boards.list ?? []).map((board) => {
      const { standing, differences } = details.standing(board);
      return rowOf(
        {
          ...{ board, standing, differences, name: details.nameOf(board), details: details.of(board.id) },
          ...{ group: details.groupOf(board.id), did: did.get(board.id) ?? null },
          ...{ undecided: undecided.get(board.id) ?? 0, alerts: open.get(board.id) ?? [] },
          ...{ drift: drifts.get(board.id) ?? null, microphone: overview.microphoneOf.get(board.id) ?? null },
        },
        look.now.hours,
        Date.now(),
        overview.batteries,
      );
    });
  });
  const rows = computed(() => sorted(filtered(all.value, look.now), look.now.sort, look.now.descending));

  /** Ids of the boards that something is done with together. */
  const chosen = ref<string[]>([]);
  const listed = computed(() => new Set(all.value.map(({ board }) => board.id)));

  return {
    all,
    /** Those that are shown, in their order. */
    rows,
    lines: computed(() => linesOf(rows.value, look.now.by)),
    counts: computed(() =>
      marks.map((mark) => ({ mark, boards: all.value.filter((row) => row.marks.includes(mark)).length })),
    ),
    /** What is listed no more is not chosen any more. */
    chosen: computed({
      get: () => chosen.value.filter((id) => listed.value.has(id)),
      set: (ids: string[]) => (chosen.value = ids),
    }),
  };
});

import { defineStore } from 'pinia';
import { computed, ref, watch } from 'vue';
import type { Board } from '../../main/contract/types.ts';
import { isUsable, useBoards } from './boards.ts';
import { isRouter, useExperts } from './experts.ts';
import { recall, remember } from './memory.ts';

/** What a person chose to deploy to a board, and what the board ran then: another deployment makes it void. */
interface Choice {
  /** Of an expert or a router. */
  id: string;
  /** SHA-256 of the image that answered; null for none. */
  over: string | null;
}

const runsOn = (board: Board | null) => board?.activeRouter ?? board?.activeExpert ?? null;

/**
 * What is on the bench: one board, and one expert or router, shared by every view. Until the person chooses, the first
 * board that answers, and what it runs; where it runs nothing, the first expert.
 */
export const useBench = defineStore('bench', () => {
  const boards = useBoards();
  const experts = useExperts();
  const chosenBoard = ref(recall<string>('bench.board'));
  /** By board. */
  const choices = ref(recall<Record<string, Choice>>('bench.choices') ?? {});
  watch(chosenBoard, (id) => remember('bench.board', id));
  watch(choices, (made) => remember('bench.choices', made));
  // For good: what was chosen before something was deployed, or rolled back to, is not asked for again.
  watch(
    () => boards.list,
    (list) => {
      const voided = (list ?? []).filter((one) => {
        const made = choices.value[one.id];
        return made && isUsable(one) && made.over !== (runsOn(one)?.sha256 ?? null);
      });
      if (voided.length === 0) return;
      const gone = new Set(voided.map(({ id }) => id));
      choices.value = Object.fromEntries(Object.entries(choices.value).filter(([id]) => !gone.has(id)));
    },
    { immediate: true, flush: 'sync' },
  );

  const board = computed(
    () => boards.find(chosenBoard.value) ?? boards.usable[0] ?? boards.list?.[0] ?? null,
  );
  const ready = computed(() => isUsable(board.value));
  /** What answers on the board, by name, whether a bank holds it or not. */
  const runs = computed(() => runsOn(board.value));
  /** The same, where a bank holds it. */
  const running = computed(() => experts.memberOfImage(runs.value?.sha256));

  const choice = computed(() => {
    const made = board.value ? choices.value[board.value.id] : undefined;
    return made ? experts.findMember(made.id) : null;
  });
  const member = computed(
    () => choice.value ?? running.value ?? (runs.value === null ? (experts.list?.[0] ?? null) : null),
  );

  function choose(id: string | null): void {
    if (!board.value) return;
    const { [board.value.id]: _before, ...others } = choices.value;
    const follows = id === null || id === running.value?.id;
    const over = runs.value?.sha256 ?? null;
    choices.value = follows ? others : { ...others, [board.value.id]: { id, over } };
  }

  return {
    board,
    ready,
    runs,
    running,
    /** The expert or router that is chosen, or else that the board runs; null where it runs what no bank holds. */
    member,
    boardId: computed<string | null>({
      get: () => board.value?.id ?? null,
      set: (id) => (chosenBoard.value = id),
    }),
    memberId: computed<string | null>({ get: () => member.value?.id ?? null, set: choose }),
    /** For what takes one expert: of a router its first; the first of all where none is on the bench. */
    expert: computed(() => {
      const { value } = member;
      const own = value && isRouter(value) ? experts.find(value.experts[0] ?? null) : value;
      return own ?? experts.list?.[0] ?? null;
    }),
    /** The board runs exactly what is on the bench. */
    deployed: computed(
      () => runs.value !== null && member.value !== null && runs.value.sha256 === member.value.imageSha256,
    ),
  };
});

import { defineStore } from 'pinia';
import { computed, ref, watch } from 'vue';
import { isUsable, useBoards } from './boards.ts';
import { useExperts } from './experts.ts';
import { recall, remember } from './memory.ts';

/**
 * What is on the bench: one board and one expert, chosen once and shared by every view. Until the person
 * chooses, the first board that answers and the first expert of the bank.
 */
export const useBench = defineStore('bench', () => {
  const boards = useBoards();
  const experts = useExperts();
  const chosenBoard = ref(recall<string>('bench.board'));
  const chosenExpert = ref(recall<string>('bench.expert'));
  watch(chosenBoard, (id) => remember('bench.board', id));
  watch(chosenExpert, (id) => remember('bench.expert', id));

  const board = computed(
    () => boards.find(chosenBoard.value) ?? boards.usable[0] ?? boards.list?.[0] ?? null,
  );
  const expert = computed(() => experts.find(chosenExpert.value) ?? experts.list?.[0] ?? null);
  const running = computed(() =>
    board.value?.activeRouter ? null : experts.ofImage(board.value?.activeExpert?.sha256),
  );

  return {
    board,
    expert,
    boardId: computed<string | null>({
      get: () => board.value?.id ?? null,
      set: (id) => (chosenBoard.value = id),
    }),
    expertId: computed<string | null>({
      get: () => expert.value?.id ?? null,
      set: (id) => (chosenExpert.value = id),
    }),
    /** The board on the bench answers. */
    ready: computed(() => isUsable(board.value)),
    /** The expert that answers alone on the board, if it is one of the banks; null where a router picks. */
    running,
    /** The board runs exactly the expert on the bench. */
    deployed: computed(
      () => expert.value !== null && running.value?.imageSha256 === expert.value.imageSha256,
    ),
  };
});

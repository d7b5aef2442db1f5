import { defineStore } from 'pinia';
import { computed } from 'vue';
import { useBench } from './bench.ts';
import { isOver, useJobs } from './jobs.ts';
import { useLab } from './lab.ts';

/** Deploying to the board on the bench. */
export const useDeployment = defineStore('deployment', () => {
  const { client } = useLab();
  const bench = useBench();
  const jobs = useJobs();

  const job = computed(() => jobs.latest('deploy'));
  const running = computed(() => job.value !== null && !isOver(job.value));

  /** @param id of an expert, or of a router whose experts go along */
  async function start(id: string, signing: { signWith?: string } = {}): Promise<void> {
    if (!bench.board) return;
    jobs.keep(await client.request('deploy.start', { boardId: bench.board.id, expertId: id, ...signing }));
  }

  return {
    job,
    running,
    /** Why nothing can be deployed now, a sentence; null where something can. */
    why: computed(() => {
      if (!bench.board) return 'Attach a board first.';
      if (!bench.ready) return 'The board does not answer.';
      if (bench.board.continuous) return 'The board is listening: switch listening off first.';
      return running.value ? 'A deployment is running.' : null;
    }),
    start,
  };
});

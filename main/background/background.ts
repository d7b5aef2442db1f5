/** Threads that do for the lab what would keep its boards and pages waiting: a few, started when they are needed. */
import { availableParallelism } from 'node:os';
import { CurlewError } from '../contract/error.ts';
import { peerThread, type PeerThread } from '../threads/peer-thread.ts';
import { startWorker } from '../threads/worker-url.ts';
import type { Tasks } from './background-worker.ts';
import type { LabSide } from './lab-side.ts';

export interface Background {
  /** @throws CurlewError of the task (background-worker.ts); INTERNAL when its thread crashed; ABORTED by `close` */
  run<N extends keyof Tasks>(name: N, ...given: Parameters<Tasks[N]>): ReturnType<Tasks[N]>;
  close(): void;
}

/** Two, so that a person who looks at a recording does not wait for a data set; no more than there are cores. */
const mostThreads = Math.max(2, Math.min(4, availableParallelism() - 1));

export function openBackground(lab: LabSide): Background {
  const idle: PeerThread<Tasks>[] = [];
  const busy = new Set<PeerThread<Tasks>>();
  const waiting: ((thread: PeerThread<Tasks>) => void)[] = [];
  const closed = new CurlewError('ABORTED', 'The lab is closing.');
  let open = true;

  const start = (): PeerThread<Tasks> =>
    peerThread<Tasks>(startWorker('background-worker', import.meta.url, null), 'background work', lab);

  function place(): Promise<PeerThread<Tasks>> | PeerThread<Tasks> {
    const free = idle.pop();
    if (free?.alive) return free;
    if (busy.size < mostThreads) return start();
    return new Promise((resolve) => waiting.push(resolve));
  }

  async function run<N extends keyof Tasks>(name: N, given: Parameters<Tasks[N]>): Promise<unknown> {
    if (!open) throw closed;
    const thread = await place();
    busy.add(thread);
    try {
      return await thread.peer.call(name, ...given);
    } finally {
      busy.delete(thread);
      const next = waiting.shift();
      if (next) next(thread.alive ? thread : start());
      else if (open && thread.alive) idle.push(thread);
    }
  }

  return {
    run: (name, ...given) => run(name, given) as ReturnType<Tasks[typeof name]>,
    close() {
      open = false;
      for (const thread of [...busy, ...idle.splice(0)]) thread.end(closed);
    },
  };
}

/** The threads of a comparison as the job sees them: references, and virtual boards. */
import { availableParallelism } from 'node:os';
import { CurlewError } from '../../contract/error.ts';
import { peerThread, type PeerThread } from '../../threads/peer-thread.ts';
import { startWorker } from '../../threads/worker-url.ts';
import type { WorkerCalls } from './compare-calls.ts';

export type CompareThread = PeerThread<WorkerCalls>;

/** References take about as long as a board’s answers do; more threads than this wait for the boards. */
const mostReferenceThreads = 4;

export class CompareThreads {
  private readonly threads: CompareThread[] = [];
  private references: Promise<CompareThread[]> | null = null;

  /** @param bankFolders of the shipped bank and of the lab’s own */
  constructor(private readonly bankFolders: readonly [string, string | null]) {}

  /** The one that a clip’s references are asked of: always the same, which has its graphs open. */
  async referenceOf(clip: number): Promise<CompareThread['peer']> {
    const many = Math.max(1, Math.min(mostReferenceThreads, Math.floor(availableParallelism() / 2)));
    this.references ??= Promise.all(Array.from({ length: many }, () => this.start('references')));
    const threads = await this.references;
    return threads[clip % threads.length]!.peer;
  }

  forBoard(): Promise<CompareThread> {
    return this.start('board');
  }

  end(): void {
    for (const thread of this.threads) thread.end(new CurlewError('ABORTED', 'The job was stopped.'));
  }

  private async start(work: string): Promise<CompareThread> {
    const worker = startWorker('compare-worker', import.meta.url, null);
    const thread = peerThread<WorkerCalls>(worker, work, {});
    this.threads.push(thread);
    await thread.peer.call('open', this.bankFolders);
    return thread;
  }
}

import { CurlewError } from '../../main/contract/error.ts';
import type { RouterFiles } from '../../models/reference/router-reference.ts';
import type {
  BothHeard,
  LogMel,
  ReferenceAnswer,
  ReferenceReply,
  ReferenceRequest,
  ReferenceResult,
  ReferenceRoute,
  ReferenceTask,
} from './messages.ts';
import { startReferenceWorker } from './start-worker.ts';

/** As much of a Worker as is used here. */
export type WorkerLike = Pick<Worker, 'postMessage' | 'addEventListener'>;

/** The page's end of the inference worker; started at its first task. */
export class ReferenceClient {
  private worker: WorkerLike | null = null;
  private readonly waiting = new Map<
    number,
    { resolve(result: ReferenceResult): void; reject(error: Error): void }
  >();
  private readonly opened = new Set<string>();
  /** Routers that are open, and how many of each one's experts answer together. */
  private readonly routers = new Map<string, number>();
  private nextId = 1;

  constructor(private readonly start: () => WorkerLike) {}

  /** @param fetchModel called once a name */
  async open(graph: string, fetchModel: () => Promise<Uint8Array>): Promise<void> {
    if (this.opened.has(graph)) return;
    await this.do({ kind: 'open', graph, model: await fetchModel() });
    this.opened.add(graph);
  }

  /** @param pcm one window, 15,600 samples at 16 kHz in [-1, 1) */
  answer(graph: string, pcm: Float32Array): Promise<ReferenceAnswer> {
    return this.do({ kind: 'answer', graph, pcm }) as Promise<ReferenceAnswer>;
  }

  /** @param fetchFiles called once a name @returns how many experts answer together */
  async openRouter(router: string, fetchFiles: () => Promise<RouterFiles>): Promise<number> {
    const known = this.routers.get(router);
    if (known !== undefined) return known;
    const topK = (await this.do({ kind: 'open-router', router, files: await fetchFiles() })) as number;
    this.routers.set(router, topK);
    return topK;
  }

  /** @param inferenceId of the board's answer, which gives the draws */
  route(router: string, heard: BothHeard, inferenceId: number): Promise<ReferenceRoute> {
    return this.do({ kind: 'route', router, heard, inferenceId }) as Promise<ReferenceRoute>;
  }

  logMel(pcm: Float32Array): Promise<LogMel> {
    return this.do({ kind: 'log-mel', pcm }) as Promise<LogMel>;
  }

  private do(task: ReferenceTask): Promise<ReferenceResult> {
    this.worker ??= this.listen(this.start());
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker!.postMessage({ id, task } satisfies ReferenceRequest);
    });
  }

  private listen(worker: WorkerLike): WorkerLike {
    worker.addEventListener('message', ({ data }: MessageEvent<ReferenceReply>) => {
      const waiter = this.waiting.get(data.id);
      this.waiting.delete(data.id);
      if (data.ok) waiter?.resolve(data.result);
      else waiter?.reject(new CurlewError('INTERNAL', `The local reference failed: ${data.message}`));
    });
    worker.addEventListener('error', (event) => {
      const why = (event as ErrorEvent).message || 'its program could not be loaded';
      for (const { reject } of this.waiting.values()) {
        reject(new CurlewError('INTERNAL', `The local reference stopped: ${why}. Reload the page.`));
      }
      this.waiting.clear();
      this.opened.clear();
      this.routers.clear();
      this.worker = null;
    });
    return worker;
  }
}

/** The page has one: its worker loads 14 MB of runtime once. */
export const reference = new ReferenceClient(startReferenceWorker);

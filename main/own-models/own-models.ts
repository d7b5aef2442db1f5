/** Models of the person's own, as folders on disk: added once they were tried, listed, tried again, removed. */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CurlewError } from '../contract/error.ts';
import { tellAll } from '../contract/fault.ts';
import type { Job, OwnModel } from '../contract/types.ts';
import { peerThread } from '../threads/peer-thread.ts';
import { startWorker } from '../threads/worker-url.ts';
import { syncFolder } from '../write-durably.ts';
import { mostLabelsListed } from './contract.ts';
import type { OwnModelThread } from './own-model-worker.ts';
import { readRecord, type ModelRecord } from './stored-model.ts';
import type { TakeOrder } from './take-model.ts';

export interface OwnModelRooms {
  /** A sound to try models with. */
  clip: TakeOrder['clip'];
  /** Jobs that are not over, with what they were started with. */
  unfinished(): { job: Pick<Job, 'id' | 'title'>; params: unknown }[];
  /** Of a model that lies there and cannot be used. */
  onProblem(error: CurlewError): void;
}

interface Kept {
  id: string;
  folder: string;
  record: ModelRecord;
}

const unfinished = '.unfinished-';
const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
/** A graph that has not answered by then is none to classify with; the thread is ended. */
const patienceMs = 5 * 60_000;

export class OwnModels {
  private readonly kept = new Map<string, Kept>();
  private readonly listeners = new Set<() => void>();
  /** One is added, tried or removed after another. */
  private last: Promise<unknown> = Promise.resolve();
  private readonly closing = new AbortController();

  private constructor(
    private readonly folder: string,
    private readonly rooms: OwnModelRooms,
  ) {}

  /** @param folder made if it is not there; a model in it that is damaged is left out and told of */
  static async open(folder: string, rooms: OwnModelRooms): Promise<OwnModels> {
    const models = new OwnModels(folder, rooms);
    await mkdir(folder, { recursive: true });
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      const path = join(folder, entry.name);
      // Of a lab that died while it took one in, or removed it.
      if (entry.name.startsWith(unfinished)) await rm(path, { recursive: true, force: true });
      else await models.take(entry.name).catch((thrown: CurlewError) => rooms.onProblem(thrown));
    }
    return models;
  }

  /** Told after a model has come, gone, or was tried again. */
  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  list(): OwnModel[] {
    return [...this.kept.values()]
      .map(infoOf)
      .sort((a, b) => byName.compare(a.description.name, b.description.name));
  }

  /** Where it lies, and what is known of it. @throws CurlewError EXPERT_NOT_FOUND */
  get(modelId: string): Kept {
    const found = this.kept.get(modelId);
    if (found) return found;
    throw new CurlewError('EXPERT_NOT_FOUND', `This lab has no model “${modelId}”.`, { modelId });
  }

  /**
   * @param path of an ONNX file, as it was named
   * @param resolve the real path behind it, or behind a file beside it
   * @throws CurlewError of `resolve`, takeModel; MODEL_EXISTS where it is here already, or another of its name
   */
  add(path: string, resolve: (path: string) => Promise<string>): Promise<OwnModel> {
    return this.inTurn(async () => {
      const graph = await resolve(path);
      const description = await resolve(path.replace(/\.[^./\\]*$/, '') + '.json').catch(
        (thrown: CurlewError) => {
          if (thrown.code === 'FILE_NOT_FOUND') return null;
          throw thrown;
        },
      );
      const into = join(this.folder, `${unfinished}${randomUUID()}`);
      try {
        const order: TakeOrder = { graph, description, into, clip: this.rooms.clip };
        const record = await this.inThread(
          { beside: (name) => resolve(join(dirname(path), name)) },
          (thread) => thread.call('take', order),
        );
        return await this.place(into, record);
      } finally {
        await rm(into, { recursive: true, force: true });
      }
    });
  }

  /**
   * Takes in what `putBehind` put down, which is there no longer then.
   * @param from on the same disk as the lab's models
   * @throws CurlewError MODEL_EXISTS; FILE_DAMAGED
   */
  adopt(from: string): Promise<OwnModel> {
    return this.inTurn(async () => this.place(from, await readRecord(from)));
  }

  /** @throws CurlewError MODEL_EXISTS where a model has such a name */
  requireFree(name: string): void {
    const there = this.kept.get(idOf(folderName(name)));
    if (there)
      throw new CurlewError(
        'MODEL_EXISTS',
        `There is another model “${there.record.description.name}” here (${there.id}): choose another name.`,
        { modelId: there.id },
      );
  }

  /** @throws CurlewError EXPERT_NOT_FOUND; as takeModel where it cannot be used any more */
  check(modelId: string): Promise<OwnModel> {
    return this.inTurn(async () => {
      const kept = this.get(modelId);
      const record = await this.inThread({}, (thread) =>
        thread.call('tryAgain', kept.folder, this.rooms.clip),
      );
      const checked = { ...kept, record };
      this.kept.set(modelId, checked);
      tellAll(this.listeners, null);
      return infoOf(checked);
    });
  }

  /** For good. @throws CurlewError EXPERT_NOT_FOUND; MODEL_IN_USE where a job that is not over needs it */
  remove(modelId: string): Promise<void> {
    return this.inTurn(async () => {
      const { folder, record } = this.get(modelId);
      const user = this.rooms.unfinished().find(({ params }) => {
        const { modelId: hears, encoder } = (params ?? {}) as { modelId?: unknown; encoder?: unknown };
        return hears === modelId || encoder === modelId;
      });
      if (user) {
        throw new CurlewError(
          'MODEL_IN_USE',
          `${record.description.name} is needed by “${user.job.title}”, which is not over: cancel that first.`,
          { modelId, jobId: user.job.id },
        );
      }
      const gone = join(this.folder, `${unfinished}${randomUUID()}`);
      await rename(folder, gone);
      this.kept.delete(modelId);
      tellAll(this.listeners, null);
      await rm(gone, { recursive: true, force: true });
    });
  }

  close(): void {
    this.closing.abort();
  }

  private async place(from: string, record: ModelRecord): Promise<OwnModel> {
    const name = this.freeName(record);
    await rename(from, join(this.folder, name));
    await syncFolder(this.folder);
    const added = await this.take(name);
    tellAll(this.listeners, null);
    return infoOf(added);
  }

  private async take(name: string): Promise<Kept> {
    const folder = join(this.folder, name);
    const kept = { id: idOf(name), folder, record: await readRecord(folder) };
    this.kept.set(kept.id, kept);
    return kept;
  }

  /** @throws CurlewError MODEL_EXISTS */
  private freeName({ sha256, description }: ModelRecord): string {
    const name = folderName(description.name);
    const there = this.kept.get(idOf(name));
    const same = [...this.kept.values()].find(
      ({ record }) => record.sha256 === sha256 && record.description.name === description.name,
    );
    if (!there && !same) return name;
    const is = (same ?? there)!;
    throw new CurlewError(
      'MODEL_EXISTS',
      is.record.sha256 === sha256
        ? `This model is here already, as ${is.id}; remove that first, or give this one another name in its .json.`
        : `There is another model “${is.record.description.name}” here (${is.id}): give this one another name in its .json.`,
      { modelId: is.id },
    );
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.last.then(work);
    this.last = done.catch(() => undefined);
    return done;
  }

  private async inThread<T>(
    own: Record<string, (name: string) => Promise<string>>,
    use: (thread: ReturnType<typeof peerThread<OwnModelThread>>['peer']) => Promise<T>,
  ): Promise<T> {
    const thread = peerThread<OwnModelThread>(
      startWorker('own-model-worker', import.meta.url, null),
      'trial of a model',
      own,
    );
    const late = setTimeout(
      () =>
        thread.end(
          new CurlewError('MODEL_UNFIT', 'This model cannot be used: it did not answer within five minutes.'),
        ),
      patienceMs,
    );
    const stop = (): void => thread.end(new CurlewError('ABORTED', 'The lab is closing.'));
    const { signal } = this.closing;
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    try {
      return await use(thread.peer);
    } finally {
      clearTimeout(late);
      signal.removeEventListener('abort', stop);
      thread.end(new CurlewError('ABORTED', 'The trial is over.'));
    }
  }
}

const ofOwn = 'model:';
const idOf = (name: string): string => `${ofOwn}${name}`;
/** By an id, whether it is there or not. */
export const isOwnModel = (id: string): boolean => id.startsWith(ofOwn);

/** A folder's name on every system. */
const folderName = (name: string): string =>
  name
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '') || 'model';

function infoOf({ id, record }: Kept): OwnModel {
  const { labels, ...description } = record.description;
  const { bytes, sha256, addedMs, check } = record;
  return {
    id,
    description,
    classes: labels.length,
    labels: labels.slice(0, mostLabelsListed),
    bytes,
    sha256,
    addedMs,
    check,
  };
}

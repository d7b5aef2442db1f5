/** All captures of the lab: a folder each, with what is known of it beside its samples. */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CurlewError } from '../contract/error.ts';
import { writeDurably } from '../write-durably.ts';
import type { Capture } from './contract/captures.ts';
import { pageBytes, pageSamples } from './pages.ts';

const manifestName = 'capture.json';
const died = 'The lab ended while it was recorded; this is what had been written by then.';

/** What a capture comes to that its lab left unfinished. */
export type Recovered = Pick<Capture, 'samples' | 'lost' | 'least' | 'mean' | 'most'>;

export interface CaptureRooms {
  /** Makes one readable that its lab left unfinished; not on the event loop. */
  recover(folder: string): Promise<Recovered>;
  changed(capture: Capture | null): void;
  onProblem(error: unknown, captureId: string): void;
}

/** Samples, and a twentieth of it for what stretches of them come to. */
export const captureBytes = (samples: number): number =>
  Math.round(1.07 * Math.ceil(samples / pageSamples) * pageBytes);

export class Captures {
  private readonly all = new Map<string, Capture>();
  private readonly recovering = new Map<string, Promise<void>>();

  private constructor(
    private readonly root: string,
    private readonly rooms: CaptureRooms,
  ) {}

  /** Those that an earlier lab left unfinished are made readable meanwhile. @throws what the file system does */
  static async open(root: string, rooms: CaptureRooms): Promise<Captures> {
    const captures = new Captures(root, rooms);
    await mkdir(root, { recursive: true, mode: 0o700 });
    for (const id of await readdir(root)) {
      const text = await readFile(join(root, id, manifestName), 'utf8').catch(() => null);
      // Without one it is the rest of one that was being deleted or made.
      if (text === null) continue;
      const capture = JSON.parse(text) as Capture;
      captures.all.set(id, capture);
      if (capture.state === 'recording') captures.recovering.set(id, captures.salvage(id, died));
    }
    return captures;
  }

  /** Newest first. */
  list(): Capture[] {
    return [...this.all.values()].sort((a, b) => b.createdMs - a.createdMs || (a.id < b.id ? 1 : -1));
  }

  /** @throws CurlewError FILE_NOT_FOUND */
  get(id: string): Capture {
    const capture = this.all.get(id);
    if (capture) return capture;
    throw new CurlewError(
      'FILE_NOT_FOUND',
      `The lab has no capture “${id}”; “curlew power list” shows those it has.`,
      { captureId: id },
    );
  }

  /** Once it can be read. @throws CurlewError FILE_NOT_FOUND */
  async readable(id: string): Promise<string> {
    this.get(id);
    await this.recovering.get(id);
    return this.folderOf(id);
  }

  folderOf(id: string): string {
    return join(this.root, id);
  }

  /** Registers it before its first sample: a crash leaves what can be found again. */
  async create(about: Partial<Capture> & Pick<Capture, 'name' | 'from'>): Promise<Capture> {
    const capture: Capture = { ...blank, ...about, id: randomUUID(), createdMs: Date.now() };
    await this.keep(capture);
    this.rooms.changed(null);
    return capture;
  }

  /** Of one that is being recorded: as far as it is, in memory alone. */
  show(id: string, changes: Partial<Capture>): void {
    const capture = { ...this.get(id), ...changes };
    this.all.set(id, { ...capture, bytes: captureBytes(capture.samples) });
    this.rooms.changed(this.all.get(id)!);
  }

  /** @throws CurlewError FILE_NOT_FOUND; what the file system does */
  async change(id: string, changes: Partial<Capture>): Promise<Capture> {
    const capture = { ...this.get(id), ...changes };
    await this.keep({ ...capture, bytes: captureBytes(capture.samples) });
    this.rooms.changed(null);
    return this.get(id);
  }

  /** @throws CurlewError FILE_NOT_FOUND; JOB_STATE while it is recorded */
  async remove(id: string): Promise<void> {
    const { state, name } = this.get(id);
    await this.recovering.get(id);
    if (state === 'recording' && !this.recovering.has(id)) {
      throw new CurlewError('JOB_STATE', `“${name}” is being recorded; finish it first, then delete it.`, {
        captureId: id,
      });
    }
    // Without its manifest it is no capture any more, wherever deleting ends.
    await rm(join(this.folderOf(id), manifestName), { force: true });
    this.all.delete(id);
    await rm(this.folderOf(id), { recursive: true, force: true });
    this.rooms.changed(null);
  }

  private async keep(capture: Capture): Promise<void> {
    await writeDurably(join(this.folderOf(capture.id), manifestName), `${JSON.stringify(capture)}\n`);
    this.all.set(capture.id, capture);
  }

  /** Makes readable what was not ended in good order. Never rejects. @param problem why it was not */
  async salvage(id: string, problem: string): Promise<void> {
    try {
      await this.change(id, { ...(await this.rooms.recover(this.folderOf(id))), state: 'cut', problem });
    } catch (thrown) {
      this.rooms.onProblem(thrown, id);
      this.all.set(id, { ...this.get(id), state: 'cut', problem: `${problem} Its samples cannot be read.` });
    }
  }
}

const blank: Omit<Capture, 'id' | 'name' | 'from' | 'createdMs'> = {
  ...{ state: 'recording', startedMs: null, samplesPerSecond: 100_000, samples: 0, lost: 0, lostByTime: 0 },
  lateLosses: [],
  ...{ discardedBytes: 0, rangeChanges: 0, least: null, mean: null, most: null, millivolts: null },
  ...{ mode: null, uncalibrated: [], trigger: null, problem: null, bytes: 0 },
};

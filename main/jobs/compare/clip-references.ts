/** What the references say of clips, computed once for all boards that are about as far. */
import type { CompareThreads } from './compare-threads.ts';
import type { BothHeard, Referred, Routed } from './reference-desk.ts';

/** Clips whose references are kept: boards that are further apart than this have them computed again. */
const mostClips = 24;

interface OfClip {
  readonly pcm: Promise<Int16Array>;
  readonly experts: Map<string, Promise<Referred>>;
}

export class ClipsReferences {
  /** The clip that was asked for last is the last one. */
  private readonly clips = new Map<number, OfClip>();

  /** @param windows of a clip at most */
  constructor(
    private readonly threads: CompareThreads,
    private readonly windows: number,
  ) {}

  /** As a board is given it. @throws CurlewError of the recording */
  pcm(clip: number, path: string): Promise<Int16Array> {
    return this.of(clip, path).pcm;
  }

  /** @throws CurlewError of the recording, or of the expert's files */
  async refer(clip: number, path: string, expertId: string): Promise<Referred> {
    const kept = this.of(clip, path);
    const there = kept.experts.get(expertId);
    if (there) return there;
    const made = this.make(clip, kept.pcm, expertId);
    kept.experts.set(expertId, made);
    // Whoever waits for it is told; it is not asked again.
    made.catch(() => undefined);
    return made;
  }

  async route(clip: number, routerId: string, heard: readonly BothHeard[]): Promise<Routed[]> {
    const desk = await this.threads.referenceOf(clip);
    return desk.call('route', routerId, heard);
  }

  private async make(clip: number, pcm: Promise<Int16Array>, expertId: string): Promise<Referred> {
    const desk = await this.threads.referenceOf(clip);
    return desk.call('refer', expertId, await pcm);
  }

  private of(clip: number, path: string): OfClip {
    const there = this.clips.get(clip);
    if (there) this.clips.delete(clip);
    const kept = there ?? { pcm: this.hear(clip, path), experts: new Map<string, Promise<Referred>>() };
    kept.pcm.catch(() => undefined);
    this.clips.set(clip, kept);
    const [oldest] = this.clips.keys();
    if (this.clips.size > mostClips) this.clips.delete(oldest!);
    return kept;
  }

  private async hear(clip: number, path: string): Promise<Int16Array> {
    const desk = await this.threads.referenceOf(clip);
    return desk.call('hear', path, this.windows);
  }
}

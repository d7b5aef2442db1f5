import { readAudio, type ClipAudio, type Hearing } from './audio.ts';

/** Of sounds, in float32: some hundred clips of seconds each, or a few long ones. */
const mostBytes = 256 << 20;

/**
 * Clips as they were decoded and resampled last, by their bytes: a study hears the same clip dozens of times. What holds
 * damage is not kept, for what is told of it names the file.
 */
export class RememberedAudio {
  /** In the order they were asked for last. */
  private readonly kept = new Map<string, ClipAudio>();
  private bytes = 0;

  constructor(private readonly most = mostBytes) {}

  /** @param sha256 of the file's bytes @throws CurlewError as readAudio */
  async read(sha256: string, path: string, hearing: Hearing, signal?: AbortSignal): Promise<ClipAudio> {
    const key = `${sha256} ${hearing.rate} ${hearing.windowSamples}`;
    const known = this.kept.get(key);
    const audio = known ?? (await readAudio(path, signal, hearing));
    if (audio.damage !== null) return audio;
    this.kept.delete(key);
    this.kept.set(key, audio);
    if (!known) this.bytes += audio.pcm.byteLength;
    for (const [oldest, { pcm }] of this.kept) {
      if (this.bytes <= this.most) break;
      this.kept.delete(oldest);
      this.bytes -= pcm.byteLength;
    }
    return audio;
  }
}

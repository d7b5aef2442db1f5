/** An audio source that plays a clip over and over, in real time: a virtual board's microphone. */
const sampleRate = 16_000;
/** What a real board's DMA buffer would hold: samples older than this are lost when nobody reads. */
const bufferSamples = 2 * sampleRate;

export class LoopingMicrophone {
  private position = 0;
  private taken = 0;
  private readonly startMs: number;

  /**
   * @param clip 16 kHz mono, at least one sample
   * @param now milliseconds, monotonic
   */
  constructor(
    private readonly clip: Int16Array,
    private readonly now: () => number,
  ) {
    this.startMs = now();
  }

  /** Fills `samples` with what has been heard since the last read: how many, or of none how many wait. */
  read(samples: Int16Array): number {
    const heard = Math.floor(((this.now() - this.startMs) * sampleRate) / 1000);
    const lost = Math.max(0, heard - this.taken - bufferSamples);
    this.taken += lost;
    this.position = (this.position + lost) % this.clip.length;
    if (samples.length === 0) return heard - this.taken;
    const count = Math.min(samples.length, heard - this.taken);
    for (let i = 0; i < count; i++) {
      samples[i] = this.clip[this.position]!;
      this.position = (this.position + 1) % this.clip.length;
    }
    this.taken += count;
    return count;
  }
}

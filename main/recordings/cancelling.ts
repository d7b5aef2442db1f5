/** Whether the channels of a recording cancel each other when their mean is taken, as with one microphone wired the wrong way. */

/** Of the energy, how much the mean may keep: −30 dB. */
const share = 1e-3;
/** One sample in so many is looked at. */
const step = 8;

export class Cancelling {
  private alone = 0;
  private mixed = 0;

  /** @param channels stretches of the same length */
  push(channels: readonly Float32Array[]): void {
    if (channels.length < 2) return;
    for (let i = 0; i < channels[0]!.length; i += step) {
      let sum = 0;
      for (const channel of channels) {
        sum += channel[i]!;
        this.alone += channel[i]! * channel[i]! * channels.length;
      }
      this.mixed += sum * sum;
    }
  }

  /** Of all that was pushed so far. */
  get found(): boolean {
    return this.alone > 0 && this.mixed < share * this.alone;
  }
}

import { onScopeDispose, ref } from 'vue';

export interface PlayedPiece {
  samples: Float32Array<ArrayBuffer>;
  sampleRate: number;
}

/** How fast a recording can be played: slowed down, ultrasound comes down to where it is heard. */
export const speeds = [1, 1 / 2, 1 / 5, 1 / 10] as const;

/** Of sound as it is heard: the first piece is short, so that it plays at once. */
const firstPieceS = 1;
const pieceS = 4;

/** Rates that every browser's buffers take. */
const bufferRate = (rate: number) => Math.max(8000, Math.min(96_000, rate));

/**
 * Plays a recording from anywhere on, a piece after another, each fetched while the one before it plays.
 * @param fetch of a recording from `startS` on; empty where it has ended
 * @param failed a later piece could not be had: the sound ends with what there is
 */
export function useRecordingPlayer(
  fetch: (startS: number, seconds: number) => Promise<PlayedPiece>,
  failed: (thrown: unknown) => void,
) {
  /** Place in the recording; null while nothing plays. */
  const atS = ref<number | null>(null);
  let context: AudioContext | null = null;
  let playing: AudioBufferSourceNode[] = [];
  let token = 0;

  function stop(): void {
    token++;
    for (const source of playing) source.stop();
    playing = [];
    atS.value = null;
  }

  /** @param speed of 1: as recorded @throws CurlewError of the first piece */
  async function play(fromS: number, speed: number): Promise<void> {
    stop();
    const mine = token;
    context ??= new AudioContext();
    const sound = context;
    await sound.resume();
    const scheduled: { at: number; fromS: number; seconds: number }[] = [];
    let nextS = fromS;

    /** @returns when it has been heard; null where there is no more of it */
    async function schedule(seconds: number): Promise<{ heard: Promise<void> } | null> {
      const { samples, sampleRate } = await fetch(nextS, seconds * speed);
      if (mine !== token || samples.length === 0) return null;
      const rate = bufferRate(sampleRate * speed);
      const buffer = sound.createBuffer(1, samples.length, rate);
      buffer.copyToChannel(samples, 0);
      const source = sound.createBufferSource();
      source.buffer = buffer;
      source.playbackRate.value = (sampleRate * speed) / rate;
      source.connect(sound.destination);
      const last = scheduled.at(-1);
      const at = Math.max(sound.currentTime, last ? last.at + last.seconds / speed : 0);
      const piece = { at, fromS: nextS, seconds: samples.length / sampleRate };
      scheduled.push(piece);
      nextS += piece.seconds;
      const heard = new Promise<void>((resolve) => (source.onended = () => resolve()));
      source.start(at);
      playing = [...playing.slice(-2), source];
      return { heard };
    }

    const follow = () => {
      if (mine !== token) return;
      const now = sound.currentTime;
      const piece = scheduled.findLast(({ at }) => at <= now) ?? scheduled[0];
      if (piece) atS.value = piece.fromS + Math.min(piece.seconds, Math.max(0, now - piece.at) * speed);
      requestAnimationFrame(follow);
    };

    async function goOn(first: { heard: Promise<void> }): Promise<void> {
      let current: { heard: Promise<void> } | null = first;
      while (current !== null) {
        const next = await schedule(pieceS);
        await current.heard;
        if (mine !== token) return;
        scheduled.splice(0, scheduled.length - 2);
        current = next;
      }
      stop();
    }

    const first = await schedule(firstPieceS);
    if (first === null) return;
    follow();
    void goOn(first).catch((thrown: unknown) => {
      if (mine !== token) return;
      stop();
      failed(thrown);
    });
  }

  onScopeDispose(() => {
    stop();
    void context?.close();
  });
  return { atS, play, stop };
}

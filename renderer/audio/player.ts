import { onScopeDispose, ref, type Ref } from 'vue';
import { sampleRate } from './pcm.ts';

export interface Player {
  /** Seconds into what plays; null while nothing plays. */
  position: Ref<number | null>;
  play(samples: Float32Array<ArrayBuffer>): Promise<void>;
  stop(): void;
}

/** Plays samples through the person's loudspeaker; stops with the component that made it. */
export function usePlayer(): Player {
  const position = ref<number | null>(null);
  let context: AudioContext | null = null;
  let source: AudioBufferSourceNode | null = null;

  function stop(): void {
    source?.stop();
    source = null;
    position.value = null;
  }

  async function play(samples: Float32Array<ArrayBuffer>): Promise<void> {
    stop();
    context ??= new AudioContext();
    await context.resume();
    const buffer = context.createBuffer(1, samples.length, sampleRate);
    buffer.copyToChannel(samples, 0);
    const playing = context.createBufferSource();
    playing.buffer = buffer;
    playing.connect(context.destination);
    source = playing;
    const startedAt = context.currentTime;
    const follow = () => {
      if (source !== playing || !context) return;
      position.value = context.currentTime - startedAt;
      requestAnimationFrame(follow);
    };
    playing.onended = () => {
      if (source === playing) stop();
    };
    playing.start();
    follow();
  }

  onScopeDispose(() => {
    stop();
    void context?.close();
  });
  return { position, play, stop };
}

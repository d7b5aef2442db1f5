import { computed, ref, shallowRef, watch } from 'vue';
import type { PlayedSource, InspectedRecording } from '../../main/contract/types.ts';
import { patchHopSamples, patchSamples } from '../../models/features/log-mel.ts';
import { sampleRate, samplesOf } from '../audio/pcm.ts';
import { stretchesOf, type Stretch } from '../audio/stretches.ts';
import type { LogMel } from '../reference/messages.ts';
import { useLab } from './lab.ts';
import type { References } from './references.ts';
import { soundKey } from './sounds.ts';

/** A window that begins in a stretch may end this much behind it. */
const behindS = (patchSamples - patchHopSamples) / sampleRate;
/** Of a recording whose length only playing it would tell. */
const openStretchS = 60;

/**
 * The sound of the recording that is looked at: a clip whole, a file a stretch at a time, so that the page holds no more
 * of it than it shows.
 */
export function useHeard(chosen: () => PlayedSource | null, references: () => References) {
  const { client } = useLab();
  const info = shallowRef<InspectedRecording | null>(null);
  const at = ref(0);
  /** From the stretch's beginning on, and a little behind it. */
  const samples = shallowRef<Float32Array<ArrayBuffer> | null>(null);
  const logMel = shallowRef<LogMel | null>(null);
  let token = 0;

  const stretches = computed<Stretch[]>(() => (info.value?.seconds ? stretchesOf(info.value.seconds) : []));
  const stretch = computed<Stretch>(() => {
    const known = stretches.value[at.value];
    if (known) return known;
    const seconds = (samples.value?.length ?? 0) / sampleRate;
    if (chosen()?.kind === 'clip') return { startS: 0, seconds };
    return { startS: at.value * openStretchS, seconds: Math.min(openStretchS, seconds || openStretchS) };
  });
  /** Null where it is not known. */
  const total = computed(() => (chosen()?.kind === 'clip' ? 1 : stretches.value.length || null));

  /** What is shown: the sound without what lies behind the stretch. */
  const shown = computed(() => {
    const { value } = samples;
    return value && value.subarray(0, Math.round(stretch.value.seconds * sampleRate));
  });

  async function sound(source: PlayedSource): Promise<Float32Array<ArrayBuffer>> {
    if (source.kind === 'clip')
      return samplesOf(await client.request('clips.audio', { clipId: source.clipId }));
    const { startS, seconds } = stretch.value;
    const durationS = seconds + behindS;
    return samplesOf(await client.request('recordings.audio', { path: source.path, startS, durationS }));
  }

  /** Turns to another stretch. @throws CurlewError of the recording */
  async function turn(to: number): Promise<void> {
    const source = chosen();
    const mine = ++token;
    at.value = to;
    samples.value = null;
    logMel.value = null;
    if (!source) return;
    const heard = await sound(source);
    if (mine !== token) return;
    samples.value = heard;
    const frames = await references().logMel(shown.value ?? heard);
    if (mine === token) logMel.value = frames;
  }

  /** Loads the recording that is chosen now, from its beginning. @throws CurlewError of the recording */
  async function load(): Promise<void> {
    const source = chosen();
    const mine = ++token;
    info.value = null;
    samples.value = null;
    logMel.value = null;
    at.value = 0;
    if (source?.kind === 'file') {
      const found = await client.request('recordings.inspect', { path: source.path });
      if (mine !== token) return;
      info.value = found;
    }
    await turn(0);
  }

  // Another recording, that is: the same is chosen anew whenever the clips are listed.
  watch(
    () => {
      const source = chosen();
      return source && soundKey(source);
    },
    () => void token++,
    { flush: 'sync' },
  );

  return { info, at, stretch, total, samples, shown, logMel, load, turn };
}

/** Envelopes of the captures that are shown, asked for anew as the stretch changes and as a recording goes on. */
import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue';
import type { Capture } from '../../../main/contract/types.ts';
import { useCaptures } from '../../stores/captures.ts';
import { useNotices } from '../../stores/notices.ts';
import type { Drawn } from './power-columns.ts';
import { allowed, type Stretch } from './stretch.ts';

const points = 1200;
/** Of a recording so much is shown as it comes. */
const liveS = 10;

export const lengthOf = ({ samples, samplesPerSecond }: Capture): number => samples / samplesPerSecond;

export function useEnvelopes(shown: Ref<readonly { capture: Capture; shiftS: number }[]>) {
  const captures = useCaptures();
  const notices = useNotices();
  const drawn = shallowRef<Drawn[]>([]);
  const error = ref<string | null>(null);
  /** Null: all of it, or of a recording its last seconds. */
  const chosen = shallowRef<Stretch | null>(null);
  const first = computed(() => shown.value[0]?.capture ?? null);
  const lengthS = computed(() =>
    Math.max(0, ...shown.value.map(({ capture, shiftS }) => lengthOf(capture) + shiftS)),
  );
  const stretch = computed((): Stretch => {
    if (chosen.value) return allowed(chosen.value, lengthS.value);
    const fromS = first.value?.state === 'recording' ? Math.max(0, lengthS.value - liveS) : 0;
    return { fromS, toS: Math.max(lengthS.value, 1e-4) };
  });

  let [busy, again, over] = [false, false, false];
  async function ask(): Promise<void> {
    again = busy;
    if (busy) return;
    busy = true;
    const { fromS, toS } = stretch.value;
    try {
      drawn.value = await Promise.all(
        shown.value.map(async ({ capture: { id, samplesPerSecond }, shiftS }) => {
          const from = Math.max(0, Math.floor((fromS - shiftS) * samplesPerSecond));
          const to = Math.max(from, Math.ceil((toS - shiftS) * samplesPerSecond));
          const envelope = await captures.envelope({ captureId: id, from, to, points });
          return { envelope, samplesPerSecond, shiftS };
        }),
      );
      error.value = null;
    } catch (thrown) {
      error.value = notices.fail('The capture could not be drawn', thrown);
      again = false;
    }
    busy = false;
    if (again && !over) await ask();
  }
  watch([shown, stretch], () => void ask(), { immediate: true });
  watch(
    () => first.value?.id,
    () => (chosen.value = null),
  );
  onScopeDispose(() => (over = true));

  return { drawn, error, stretch, lengthS, look: (wanted: Stretch | null) => (chosen.value = wanted) };
}

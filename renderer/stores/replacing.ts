import { computed, ref, watch, type Ref, type WatchSource } from 'vue';
import { CurlewError } from '../../main/contract/error.ts';

/**
 * For what is written to a place: something that lies there is replaced only once the person has said so.
 * @param place what the answer holds for; once that changes it is asked anew
 */
export function useReplacing(place: WatchSource<unknown>[]) {
  /** Something is there. */
  const there = ref(false);
  const replace: Ref<boolean> = ref(false);
  watch(place, () => {
    there.value = false;
    replace.value = false;
  });
  return {
    there,
    replace,
    /** Nothing is known to be there, or it may go. */
    allowed: computed(() => !there.value || replace.value),
    /** Does what may find something there; that is then asked about, and no failure. */
    async attempt(work: () => Promise<void>): Promise<void> {
      try {
        await work();
      } catch (thrown) {
        if (!(thrown instanceof CurlewError) || thrown.code !== 'FILE_EXISTS') throw thrown;
        there.value = true;
      }
    },
  };
}

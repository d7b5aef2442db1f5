import { ref, type Ref } from 'vue';
import { useNotices } from './notices.ts';

export interface Action<A extends unknown[]> {
  run(...args: A): Promise<void>;
  busy: Ref<boolean>;
  /** The sentence of the last failure; null after a success. */
  error: Ref<string | null>;
}

/** Wraps what a button does: one at a time, its failure told in a toast and kept for the place it belongs to. */
export function useAction<A extends unknown[]>(
  title: string,
  work: (...args: A) => Promise<unknown>,
): Action<A> {
  const notices = useNotices();
  const busy = ref(false);
  const error = ref<string | null>(null);
  return {
    busy,
    error,
    async run(...args) {
      if (busy.value) return;
      busy.value = true;
      error.value = null;
      try {
        await work(...args);
      } catch (thrown) {
        error.value = notices.fail(title, thrown);
      } finally {
        busy.value = false;
      }
    },
  };
}

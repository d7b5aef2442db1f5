import { shallowRef, watch, type Ref } from 'vue';
import { useAction } from './action.ts';

/**
 * What a question is about, looked up anew each time that it is opened.
 * @param title of the notice where it cannot be looked up
 */
export function useLooked<T>(open: Ref<boolean>, title: string, ask: () => Promise<T>) {
  /** Null until it is known. */
  const found = shallowRef<T | null>(null);
  const look = useAction(title, async () => {
    found.value = await ask();
  });
  watch(
    open,
    (now) => {
      found.value = null;
      if (now) void look.run();
    },
    { immediate: true },
  );
  return { found, problem: look.error };
}

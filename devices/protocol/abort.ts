import { tellAll } from '../../main/contract/fault.ts';

/** Many may wait on one signal: they share one listener, so that their number is no sign of a leak. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/** Calls `listener` once the signal aborts. @returns takes it away again */
export function onAbort(signal: AbortSignal | undefined, listener: () => void): () => void {
  if (!signal) return () => undefined;
  let listeners = waiting.get(signal);
  if (!listeners) {
    const all = new Set<() => void>();
    listeners = all;
    waiting.set(signal, all);
    signal.addEventListener('abort', () => void tellAll(all, null), { once: true });
  }
  const mine = listeners;
  mine.add(listener);
  return () => void mine.delete(listener);
}

/**
 * Where exceptions go that no caller waits for: a listener's, a timer's, an event's. Like error.ts a ground word of
 * all rooms; this file imports nothing.
 */
export interface Fault {
  thrown: unknown;
  /** The board, port or job that it befell; null for the lab itself. */
  where: string | null;
  /** The process ends because of it. */
  ending: boolean;
}

const takers = new Set<(fault: Fault) => void>();

/** From now on every fault of this process is told. @returns ends it */
export function takeFaults(take: (fault: Fault) => void): () => void {
  takers.add(take);
  return () => void takers.delete(take);
}

/**
 * Never throws. Where nobody takes faults, the platform does: it is thrown where nothing can catch it.
 * @returns whether somebody took it
 */
export function reportFault(thrown: unknown, where: string | null, ending = false): boolean {
  const fault: Fault = { thrown, where, ending };
  if (takers.size === 0 && !ending) {
    queueMicrotask(() => {
      throw thrown;
    });
  }
  for (const take of [...takers]) take(fault);
  return takers.size > 0;
}

/**
 * Tells every listener; one that throws keeps none of the others from being told, nor the caller from going on.
 * @returns false where one threw, which is reported
 */
export function tellAll<Told extends unknown[]>(
  listeners: Iterable<(...told: Told) => void>,
  where: string | null,
  ...told: Told
): boolean {
  let sound = true;
  for (const listener of [...listeners]) {
    try {
      listener(...told);
    } catch (thrown) {
      sound = false;
      reportFault(thrown, where);
    }
  }
  return sound;
}

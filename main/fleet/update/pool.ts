/** Work for many boards at once, so many in all and so many at each hub. */

export interface Task<T> {
  /** Of the hub; null for none, or where nobody knows. */
  hub: string | null;
  /** Others go first while this holds: it would only wait in one of the places. */
  isBusy(): boolean;
  run(): Promise<T>;
}

export interface Bounds {
  all: number;
  perHub: number;
}

/**
 * Runs every task once. A task that takes long keeps its own place alone.
 * @param before each start; the pool starts none while it waits. Where it rejects nothing more is started
 * @throws what `before` or a task throws first, once all that had begun are over
 */
export async function runAll<T>(
  tasks: readonly Task<T>[],
  bounds: Bounds,
  before: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const waiting = [...tasks];
  const running = new Map<Task<T>, Promise<void>>();
  let failure: { thrown: unknown } | null = null;
  const fits = ({ hub }: Task<T>): boolean =>
    hub === null || [...running.keys()].filter((one) => one.hub === hub).length < bounds.perHub;
  const next = (): Task<T> | undefined => {
    if (running.size >= bounds.all) return undefined;
    const fitting = waiting.filter(fits);
    return fitting.find((one) => !one.isBusy()) ?? fitting[0];
  };
  while (waiting.length > 0 && !failure) {
    const task = next();
    if (!task) {
      await Promise.race(running.values());
      continue;
    }
    waiting.splice(waiting.indexOf(task), 1);
    try {
      await before();
    } catch (thrown) {
      failure = { thrown };
      break;
    }
    const run = task
      .run()
      .then(() => undefined)
      .catch((thrown: unknown) => void (failure ??= { thrown }))
      .finally(() => running.delete(task));
    running.set(task, run);
  }
  await Promise.all(running.values());
  // Set by what ran meanwhile, which the compiler does not see.
  const failed = failure as { thrown: unknown } | null;
  if (failed) throw failed.thrown;
}

import { exitOfSignal, type Signal } from './exit.ts';

const signals: readonly Signal[] = ['SIGINT', 'SIGTERM'];

/**
 * Tells of the first Ctrl-C or SIGTERM; the next ends the process at once.
 * @returns how to stop listening; after a first signal the second is listened for all the same, until the end
 */
export function onInterruption(listener: (signal: Signal) => void): () => void {
  let came = false;
  const hear = (signal: NodeJS.Signals): void => {
    if (came) process.exit(exitOfSignal(signal as Signal));
    came = true;
    listener(signal as Signal);
  };
  for (const signal of signals) process.on(signal, hear);
  return () => {
    if (!came) for (const signal of signals) process.removeListener(signal, hear);
  };
}

/** A lab in the same process as its owner. Messages are copied, as every other transport copies them. */
import type { Transport } from '../contract/connect.ts';
import { tellAll } from '../contract/fault.ts';
import type { Lab } from '../lab.ts';
import { deliver } from './deliver.ts';

export const localTransport = (lab: Pick<Lab, 'handle' | 'subscribe'>): Transport => {
  const listeners = new Set<Parameters<Transport['onMessage']>[0]>();
  let closed = false;
  const take: Parameters<Transport['onMessage']>[0] = (message) => {
    if (closed) return;
    const copy = structuredClone(message);
    tellAll(listeners, null, copy);
  };
  const unsubscribe = lab.subscribe(take);
  return {
    send: (message) =>
      void lab
        .handle(structuredClone(message), 'owner', 'command line')
        .then((reply) => deliver(reply, take)),
    onMessage(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    // The process that holds both ends cannot lose one of them.
    onClose: () => () => undefined,
    close() {
      closed = true;
      unsubscribe();
    },
  };
};

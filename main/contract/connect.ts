import type { LabClient } from './client.ts';
import { CurlewError, errorCodes, type ErrorCode } from './error.ts';
import type { EventName, LabEvents } from './events.ts';
import { tellAll } from './fault.ts';
import type { RequestName, RequestParams, RequestResult } from './requests.ts';
import type { LabMessage, ReplyMessage, RequestMessage } from './wire.ts';

/** A connection that carries whole messages both ways, in order; used once. */
export interface Transport {
  send(message: RequestMessage): void;
  onMessage(listener: (message: LabMessage) => void): () => void;
  /** `why` is one sentence for a person. */
  onClose(listener: (why: string) => void): () => void;
  close(): void;
}

interface Waiter {
  resolve(result: unknown): void;
  reject(error: CurlewError): void;
}

/**
 * The client over any transport: numbers the requests, pairs the replies, hands out the events. When the
 * transport closes, every request that still waits and every later one is rejected with CONNECTION_LOST.
 */
export function connectLab(transport: Transport): LabClient {
  const waiting = new Map<number, Waiter>();
  const listeners = new Map<EventName, Set<(payload: never) => void>>();
  const closeListeners = new Set<(reason: CurlewError) => void>();
  let nextId = 1;
  let closed: CurlewError | null = null;

  const lose = (why: string) => {
    if (closed) return;
    closed = new CurlewError('CONNECTION_LOST', why);
    for (const waiter of waiting.values()) waiter.reject(closed);
    waiting.clear();
    tellAll(closeListeners, null, closed);
  };

  transport.onClose(lose);
  transport.onMessage((message) => {
    if (message.type === 'event') {
      tellAll(listeners.get(message.event) ?? [], null, message.payload as never);
      return;
    }
    const waiter = waiting.get(message.id);
    if (!waiter) return;
    waiting.delete(message.id);
    if (message.ok) waiter.resolve(message.result);
    else waiter.reject(errorOf(message.error));
  });

  return {
    request<N extends RequestName>(name: N, params: RequestParams<N>): Promise<RequestResult<N>> {
      if (closed) return Promise.reject(closed);
      const id = nextId++;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve: resolve as (result: unknown) => void, reject });
        try {
          transport.send({ type: 'request', id, name, params });
        } catch (thrown) {
          waiting.delete(id);
          const why = thrown instanceof Error ? thrown.message : String(thrown);
          reject(
            new CurlewError('CONNECTION_LOST', `The request could not be sent to the lab: ${why}`, { name }),
          );
        }
      });
    },

    on<E extends EventName>(event: E, listener: (payload: LabEvents[E]) => void) {
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set);
      set.add(listener);
      return () => void set.delete(listener);
    },

    onClose(listener) {
      closeListeners.add(listener);
      return () => void closeListeners.delete(listener);
    },

    close() {
      lose('The connection to the lab was closed.');
      transport.close();
    },
  };
}

type WireError = Extract<ReplyMessage, { ok: false }>['error'];

/** An error code that this build does not know (a newer lab's) becomes INTERNAL; its sentence is kept. */
function errorOf({ code, message, context }: WireError): CurlewError {
  const known = (errorCodes as readonly string[]).includes(code);
  return new CurlewError(
    known ? (code as ErrorCode) : 'INTERNAL',
    message,
    known ? context : { ...context, code },
  );
}

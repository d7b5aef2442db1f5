/** For tests: a byte stream whose other end is a scripted peer that answers SMP requests, or misbehaves. */
import type { ByteStream } from '../drivers/port.ts';
import { consoleDecoder, binaryDecoder, encodeFrame, type FramingName } from './framing.ts';
import { decodeSmp, encodeSmp, type Payload, type SmpMessage } from './smp.ts';

export interface ScriptedStream extends ByteStream {
  /** Requests as the peer received them. */
  readonly requests: SmpMessage[];
  /** Bytes from the peer, delivered in pieces of `pieceBytes`. */
  deliver(bytes: Uint8Array): void;
  reply(request: SmpMessage, payload: Payload): void;
  /** The device vanishes. */
  vanish(reason: Error): void;
}

/** @param answer what the peer does with a request: a payload to answer with, or null for silence */
export function scriptedStream(
  answer: (request: SmpMessage, stream: ScriptedStream) => Payload | null,
  pieceBytes = Infinity,
): ScriptedStream {
  const dataListeners = new Set<(bytes: Uint8Array) => void>();
  const closeListeners = new Set<(reason: Error | undefined) => void>();
  const decoders = [consoleDecoder(), binaryDecoder()];
  let framing: FramingName = 'console';
  let closed = false;
  const finish = (reason: Error | undefined) => {
    if (closed) return;
    closed = true;
    for (const listener of closeListeners) listener(reason);
  };
  const stream: ScriptedStream = {
    requests: [],
    async write(bytes) {
      for (const decoder of decoders) {
        for (const decoded of decoder.push(bytes)) {
          if (decoded.type !== 'message') continue;
          framing = decoded.framing;
          const request = decodeSmp(decoded.body);
          stream.requests.push(request);
          const payload = answer(request, stream);
          if (payload) queueMicrotask(() => stream.reply(request, payload));
        }
      }
    },
    reply(request, payload) {
      stream.deliver(encodeFrame(framing, encodeSmp({ ...request, response: true, payload })));
    },
    deliver(bytes) {
      for (let at = 0; at < bytes.length && !closed; at += pieceBytes) {
        for (const listener of dataListeners) listener(bytes.subarray(at, at + pieceBytes));
      }
    },
    vanish: finish,
    onData(listener) {
      dataListeners.add(listener);
      return () => dataListeners.delete(listener);
    },
    onClose(listener) {
      closeListeners.add(listener);
      return () => closeListeners.delete(listener);
    },
    async close() {
      finish(undefined);
    },
  };
  return stream;
}

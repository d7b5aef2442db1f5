import { toCurlewError } from '../contract/error.ts';
import { reportFault } from '../contract/fault.ts';
import type { ReplyMessage } from '../contract/wire.ts';

/**
 * Sends a reply; a result that the transport cannot carry is answered with an error, since silence would leave the
 * page waiting for ever. Never throws.
 */
export function deliver(reply: ReplyMessage, send: (message: ReplyMessage) => void): void {
  try {
    send(reply);
  } catch (thrown) {
    const { code, message } = toCurlewError(thrown);
    try {
      send({ type: 'reply', id: reply.id, ok: false, error: { code, message, context: {} } });
    } catch (again) {
      reportFault(again, null);
    }
  }
}

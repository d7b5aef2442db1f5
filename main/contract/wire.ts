/** The messages both transports carry: structured clone over a message port, CBOR over a WebSocket. */
import * as v from 'valibot';
import type { ErrorCode } from './error.ts';
import type { EventName } from './events.ts';
import { requests, type RequestName } from './requests.ts';

export interface RequestMessage {
  type: 'request';
  id: number;
  name: string;
  params: unknown;
}
export type ReplyMessage =
  | { type: 'reply'; id: number; ok: true; result: unknown }
  | {
      type: 'reply';
      id: number;
      ok: false;
      error: { code: ErrorCode; message: string; context: Record<string, unknown> };
    };
export interface EventMessage {
  type: 'event';
  event: EventName;
  payload: unknown;
}
export type LabMessage = ReplyMessage | EventMessage;

export const requestMessageSchema = v.strictObject({
  type: v.literal('request'),
  id: v.pipe(v.number(), v.integer(), v.minValue(0)),
  name: v.pipe(v.string(), v.maxLength(64)),
  params: v.unknown(),
});

export const isRequestName = (name: string): name is RequestName => Object.hasOwn(requests, name);

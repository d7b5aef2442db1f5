import { groups, quickMs, type Command } from '../command.ts';

export type FeatureKind = 'log-mel' | 'embedding';

/** Features of the last window, from `offset` bytes on: float32 little-endian, as much as fits a message. */
export const inferenceFeatures: Command<
  { what: FeatureKind; offset: number },
  { data: Uint8Array; length: number }
> = {
  name: 'inference features',
  operation: 'read',
  group: groups.inference,
  id: 3,
  repeatable: true,
  timeoutMs: quickMs,
  encode: ({ what, offset }) => ({ what: what === 'log-mel' ? 0 : 1, off: offset }),
  decode: (reply) => ({ data: reply.bytes('data'), length: reply.number('len') }),
};

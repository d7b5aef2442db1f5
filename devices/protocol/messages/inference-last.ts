import { groups, quickMs, type Command } from '../command.ts';
import { decodeResult, type InferenceResult } from './inference-run.ts';

/** The last result once more. */
export const inferenceLast: Command<void, InferenceResult> = {
  name: 'inference last',
  operation: 'read',
  group: groups.inference,
  id: 4,
  repeatable: true,
  timeoutMs: quickMs,
  encode: () => ({}),
  decode: decodeResult,
};

import { groups, quickMs, type Command } from '../command.ts';

/** Inference on the board's own audio source, every `hopSamples` at 16 kHz. */
export const inferenceContinuous: Command<{ on: boolean; hopSamples: number }, void> = {
  name: 'inference continuous',
  operation: 'write',
  group: groups.inference,
  id: 2,
  repeatable: true,
  timeoutMs: quickMs,
  encode: ({ on, hopSamples }) => ({ on, hop: hopSamples }),
  decode: () => undefined,
};

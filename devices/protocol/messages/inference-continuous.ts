import { groups, quickMs, type Command } from '../command.ts';

/** Inference on the board's own audio source, every `hopSamples` at 16 kHz; without it, by the board's own setting. */
export const inferenceContinuous: Command<{ on: boolean; hopSamples?: number }, void> = {
  name: 'inference continuous',
  operation: 'write',
  group: groups.inference,
  id: 2,
  repeatable: true,
  timeoutMs: quickMs,
  encode: ({ on, hopSamples }) => ({ on, ...(hopSamples === undefined ? {} : { hop: hopSamples }) }),
  decode: () => undefined,
};

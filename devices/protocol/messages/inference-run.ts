import { groups, slowMs, type Command } from '../command.ts';
import type { Fields } from '../fields.ts';
import { sourcesOf, type FigureSource } from '../telemetry-record.ts';

export type InputKind = 'pcm' | 'log-mel';

export interface InferenceResult {
  inferenceId: number;
  /** Of the expert that answered: the highest ranked. */
  slot: number;
  /** The router's weight of each expert of the bank; empty without a router. */
  gate: Float32Array;
  /** How much the router's passes disagreed; 0 without a router. */
  curiosity: number;
  /** What a cascade decided by, 0 to 1; 0 without one. */
  score: number;
  /** Bit i: the bank's encoder i ran, the first being the router's; null of firmware from before. */
  stages: number | null;
  classIndex: number;
  logits: Float32Array;
  topProbability: number;
  /** Nats. */
  entropy: number;
  /** Microseconds: features, encoder, router, expert. */
  latencyUs: [number, number, number, number];
  energyNanojoule: number;
  latencySource: FigureSource;
  energySource: FigureSource;
  /** Of its telemetry record. */
  sequence: number;
}

export function decodeResult(reply: Fields): InferenceResult {
  const sources = sourcesOf(reply.number('src'));
  return {
    inferenceId: reply.number('id'),
    slot: reply.number('slot'),
    gate: reply.floats('gate'),
    curiosity: reply.number('curiosity'),
    score: reply.has('score') ? reply.number('score') : 0,
    stages: reply.has('stages') ? reply.number('stages') : null,
    classIndex: reply.number('class'),
    logits: reply.floats('logits'),
    topProbability: reply.number('p'),
    entropy: reply.number('entropy'),
    latencyUs: reply.numbers('us', 4) as [number, number, number, number],
    energyNanojoule: reply.number('nj'),
    ...sources,
    sequence: reply.number('seq'),
  };
}

/**
 * Runs the active bank on the input buffer. Asking again after a lost reply runs it again: the answer is the
 * same and the telemetry rightly shows two runs.
 */
export const inferenceRun: Command<{ kind: InputKind; keep: boolean }, InferenceResult> = {
  name: 'inference run',
  operation: 'write',
  group: groups.inference,
  id: 1,
  repeatable: true,
  timeoutMs: slowMs,
  encode: ({ kind, keep }) => ({ kind: kind === 'pcm' ? 0 : 1, ...(keep ? {} : { keep }) }),
  decode: decodeResult,
};

/** For benchmarks: the engine and a quantized graph over the same sound, by turns, in time of the processor. */
import { readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-web';
import { Engine } from '../devices/engine/engine.ts';
import { imagesOfModel } from '../main/banks/model-images.ts';
import type { Banks } from '../main/banks/banks.ts';
import { decodeAll, toInt16 } from '../main/recordings/pcm16k.ts';
import { resources } from '../main/resources.ts';
import { frontEnd, patchCount, patchHopSamples, patchSamples } from '../models/features/log-mel.ts';
import { createReference } from '../models/reference/reference.ts';

const rounds = 12;
/** Windows that go through the graph at once. */
const batchWindows = 64;

export interface EngineAgainstGraph {
  windows: number;
  /** Of sound. */
  seconds: number;
  /** Of each its best round, milliseconds of the processor: other work on the machine counts as little as can be. */
  engineMs: number;
  graphMs: number;
  /** Of the engine's best round, adding up to 1. */
  shares: { features: number; encoder: number; experts: number };
}

/** The shipped clips at half overlap, on one thread. @param expertId of the bank */
export async function engineAgainstGraph(bank: Banks, expertId: string): Promise<EngineAgainstGraph> {
  const pcm = await shippedClips(bank);
  const windows = patchCount(pcm.length);
  const engine = await Engine.load(readFileSync(resources.engine), await imagesOfModel(bank, expertId));
  const graph = await createReference(ort, await bank.file(expertId, 'quantized.onnx'));
  const scaled = Float32Array.from(pcm, (step) => step / 32_768);
  let graphMs = Infinity;
  let best = { all: Infinity, features: 0, encoder: 0, experts: 0 };
  for (let round = 0; round < rounds; round++) {
    const before = { ...engine.spent };
    const all = await timed(() => {
      for (const _ of engine.stream(patchHopSamples / frontEnd.frameHop).push(pcm));
    });
    const { features, encoder, experts } = engine.spent;
    if (all < best.all) {
      best = {
        all,
        features: features - before.features,
        encoder: encoder - before.encoder,
        experts: experts - before.experts,
      };
    }
    graphMs = Math.min(graphMs, await timed(() => runGraph(graph, scaled)));
  }
  await graph.release();
  const inside = best.features + best.encoder + best.experts;
  return {
    windows,
    seconds: (windows * patchHopSamples) / frontEnd.sampleRate,
    engineMs: best.all,
    graphMs,
    shares: {
      features: best.features / inside,
      encoder: best.encoder / inside,
      experts: best.experts / inside,
    },
  };
}

async function shippedClips(bank: Banks): Promise<Int16Array> {
  const clips = await Promise.all(bank.clips.map(({ id }) => decodeAll(bank.clipPath(id))));
  return Int16Array.from(clips.flatMap((clip) => [...toInt16(clip)]));
}

async function runGraph(
  graph: Awaited<ReturnType<typeof createReference>>,
  pcm: Float32Array,
): Promise<void> {
  const step = batchWindows * patchHopSamples;
  for (let at = 0; pcm.length - at >= patchSamples; at += step) {
    await graph.run(pcm.subarray(at, at + step - patchHopSamples + patchSamples));
  }
}

/** Milliseconds of the processor. */
async function timed(work: () => void | Promise<void>): Promise<number> {
  const began = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000;
}

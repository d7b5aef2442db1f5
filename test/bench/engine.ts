/**
 * How fast the engine answers on one core: the shipped clips with the first shipped expert at half overlap, against that
 * expert's quantized graph in onnxruntime-web, by turns. Processor time, of each the best of some rounds: other work on the machine counts as little as can be.
 */
import * as ort from 'onnxruntime-web';
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { Engine } from '../../devices/engine/engine.ts';
import { patchCount, patchHopSamples, patchSamples } from '../../models/features/log-mel.ts';
import { createReference } from '../../models/reference/reference.ts';
import { Banks } from '../../main/banks/banks.ts';
import { imagesOfModel } from '../../main/banks/model-images.ts';
import { decodeAll, toInt16 } from '../../main/recordings/pcm16k.ts';
import { resources } from '../../main/resources.ts';
import type { Bench } from './run.ts';

const rounds = 12;
/** Windows that go through the graph at once. */
const batchWindows = 64;

export const bench: Bench = async (say) => {
  const bank = await Banks.open(resources.bank);
  const expert = bank.experts[0]!;
  const pcm = await shippedClips(bank);
  const windows = patchCount(pcm.length);
  const seconds = (windows * patchHopSamples) / 16_000;
  const engine = await Engine.load(readFileSync(resources.engine), await imagesOfModel(bank, expert.id));
  const graph = await createReference(ort, await bank.file(expert.id, 'quantized.onnx'));
  const scaled = Float32Array.from(pcm, (step) => step / 32_768);
  let byGraph = Infinity;
  let best = { all: Infinity, ...engine.spent };
  for (let round = 0; round < rounds; round++) {
    const before = { ...engine.spent };
    const all = await timed(() => {
      for (const _ of engine.stream(patchHopSamples / 160).push(pcm));
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
    byGraph = Math.min(byGraph, await timed(() => runGraph(graph, scaled)));
  }
  const inside = best.features + best.encoder + best.experts;
  const share = (part: number) => Number((part / inside).toFixed(3));
  const figures = {
    windows_per_second: Math.round((1000 * windows) / best.all),
    times_realtime_core: Math.round((1000 * seconds) / best.all),
    graph_times_realtime_core: Math.round((1000 * seconds) / byGraph),
    speedup_vs_graph: Number((byGraph / best.all).toFixed(2)),
    features_share: share(best.features),
    encoder_share: share(best.encoder),
    expert_share: share(best.experts),
  };
  say(`${windows} windows of ${expert.name}, 0.48 s apart, load ${loadavg()[0]!.toFixed(1)}`);
  say(`engine: ${(best.all / windows).toFixed(3)} ms a window, ${figures.times_realtime_core} × real time`);
  say(
    `graph: ${(byGraph / windows).toFixed(3)} ms a window, ${figures.graph_times_realtime_core} × real time`,
  );
  say(`features ${share(best.features)}, encoder ${share(best.encoder)}, expert ${share(best.experts)}`);
  return figures;
};

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

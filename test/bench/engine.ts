/** How fast the engine answers on one core, against the quantized graph of the first shipped expert in onnxruntime-web. */
import { loadavg } from 'node:os';
import { Banks } from '../../main/banks/banks.ts';
import { resources } from '../../main/resources.ts';
import { engineAgainstGraph } from '../engine-against-graph.ts';
import type { Bench } from './run.ts';

export const bench: Bench = async (say) => {
  const bank = await Banks.open(resources.bank);
  const expert = bank.experts[0]!;
  const { windows, seconds, engineMs, graphMs, shares } = await engineAgainstGraph(bank, expert.id);
  const share = (part: number) => Number(part.toFixed(3));
  const figures = {
    windows_per_second: Math.round((1000 * windows) / engineMs),
    times_realtime_core: Math.round((1000 * seconds) / engineMs),
    graph_times_realtime_core: Math.round((1000 * seconds) / graphMs),
    speedup_vs_graph: Number((graphMs / engineMs).toFixed(2)),
    features_share: share(shares.features),
    encoder_share: share(shares.encoder),
    expert_share: share(shares.experts),
  };
  say(`${windows} windows of ${expert.name}, 0.48 s apart, load ${loadavg()[0]!.toFixed(1)}`);
  say(`engine: ${(engineMs / windows).toFixed(3)} ms a window, ${figures.times_realtime_core} × real time`);
  say(
    `graph: ${(graphMs / windows).toFixed(3)} ms a window, ${figures.graph_times_realtime_core} × real time`,
  );
  say(`features ${figures.features_share}, encoder ${figures.encoder_share}, expert ${figures.expert_share}`);
  return figures;
};

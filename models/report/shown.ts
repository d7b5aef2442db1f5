import { curious, plainRouter } from './claims/rules.ts';
import type { Model } from './cost.ts';
import type { MixtureResult, Results } from './results.ts';

/** The curiosity router that plots show: with the alpha of the flip study, else with the smallest. */
export function shownCuriosity(results: Results): MixtureResult | undefined {
  const routers = curious(results);
  return routers.find(({ alpha }) => alpha === results.flips?.alpha) ?? routers[0];
}

/** What plots of answers show: both routers, or without any the last expert. */
export function shownModels(results: Results): Model[] {
  const routers = [plainRouter(results), shownCuriosity(results)].filter((router) => router !== undefined);
  return routers.length > 0 ? routers : results.experts.slice(-1);
}

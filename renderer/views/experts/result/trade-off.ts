/** Accuracy against what it costs: one point a model. */
import { costOf, type Model } from '../../../../models/report/cost.ts';
import type { Figure, Results } from '../../../../models/report/results.ts';

export type CostKind = 'energy' | 'latency' | 'size';

export const costKinds: Record<CostKind, { label: string; axis: string }> = {
  energy: { label: 'energy', axis: 'Energy of one inference, mJ' },
  latency: { label: 'latency', axis: 'Latency of one inference, ms' },
  size: { label: 'image size', axis: 'Image of the expert, kB' },
};

export interface TradeOffPoint {
  readonly name: string;
  readonly expert: boolean;
  readonly cost: Figure;
  readonly accuracy: { readonly value: number; readonly low: number; readonly high: number };
}

/**
 * Models that have no such figure are left out: a mixture has no image of its own. So are mixtures that always ask
 * one expert, whose point is that expert's.
 */
export function tradeOff({ experts, mixtures, carbon }: Results, kind: CostKind): TradeOffPoint[] {
  const cost = (model: Model): Figure | null => {
    if (kind === 'size') {
      const image = 'imageBytes' in model ? model.imageBytes : null;
      return image && { ...image, value: image.value / 1000 };
    }
    const figures = costOf(model, carbon);
    if (kind === 'energy') return figures?.millijoule ?? null;
    return figures && { value: figures.mean / 1000, source: figures.latencySource };
  };
  return [...experts, ...mixtures.filter(({ kind: one }) => one !== 'always')].flatMap((model) => {
    const found = cost(model);
    return found === null
      ? []
      : [
          {
            name: model.name,
            expert: 'family' in model,
            cost: found,
            accuracy: model.scores.accuracy.pooled,
          },
        ];
  });
}

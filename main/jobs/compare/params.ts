/** What a comparison is asked for; plain JSON, so that a later lab can take it up. */
import type { Layout, Variant } from '../../datasets/dataset.ts';
import { usualRules, type ComparedRule } from './contract/stages.ts';

export interface CompareParams {
  readonly boards: readonly string[];
  /** Ids of experts and routers. */
  readonly models: readonly string[];
  /** Real paths; none: the bundled clips. */
  readonly paths: readonly string[];
  /** Whether the one path is a labelled set; null: where it reads as one. */
  readonly labelled: boolean | null;
  readonly layout: Layout | null;
  readonly variant: Variant;
  /** What the models call a label. */
  readonly classes: Readonly<Record<string, string>>;
  /** At most, drawn evenly; null: all. */
  readonly clips: number | null;
  /** Of a clip, its first ones. */
  readonly windows: number;
  readonly answersOnly: boolean;
  readonly rules: readonly ComparedRule[];
  readonly warmUp: number;
}

export const defaultCompareParams: Omit<CompareParams, 'boards' | 'models'> = {
  ...{ paths: [], labelled: null, layout: null, variant: 'all', classes: {} },
  ...{ clips: null, windows: 600, answersOnly: false, rules: usualRules, warmUp: 3 },
};

/** The usual rules, with those that a person made in their place. */
export const withUsual = (rules: readonly ComparedRule[]): ComparedRule[] =>
  usualRules.map((usual) => rules.find(({ check }) => check === usual.check) ?? usual);

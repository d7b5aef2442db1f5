import type { UncertaintyKind } from './results.ts';

/** What an uncertainty is called in tables and plots. */
export const uncertaintyNames: Readonly<Record<UncertaintyKind, string>> = {
  'max-softmax': '1 − max-softmax',
  curiosity: 'curiosity',
};

/** The name by which tests know one uncertainty of a model. */
export const uncertaintyName = (kind: UncertaintyKind, model: string): string =>
  `${uncertaintyNames[kind]} of ${model}`;

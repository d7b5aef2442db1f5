/** The experts that a study compares, and those that a bank holds. */
import type { Precision } from '../experts/expert.ts';
import type { Calibration } from '../quantizers/ptq.ts';
import { bitsOfPrecision } from '../router/prior.ts';
import type { ExpertFamily } from '../report/results.ts';

export interface ExpertKind {
  /** short, for file names and the command line */
  readonly id: string;
  /** for a person */
  readonly name: string;
  readonly family: ExpertFamily;
  readonly precision: Precision | 32;
  /** of a hidden weight: log2 of how many values it can take */
  readonly bits: number;
  /** of post-training quantization: made from the float reference, without a training of its own */
  readonly calibration?: Calibration;
  /** Widths of the hidden layers where they are not the study's. */
  readonly hidden?: readonly number[];
}

const kinds: readonly Omit<ExpertKind, 'bits'>[] = [
  { id: 'q1', name: '1-bit', family: 'bitlinear', precision: 1 },
  { id: 'ternary', name: 'Ternary', family: 'ternary', precision: 'ternary' },
  { id: 'ternary-absmean', name: 'Ternary, absmean', family: 'ternary', precision: 'ternary-absmean' },
  {
    id: 'popcount',
    name: 'Ternary, popcount',
    family: 'ternary-activations',
    precision: 'ternary-activations',
  },
  { id: 'q2', name: '2-bit', family: 'bitlinear', precision: 2 },
  { id: 'q4', name: '4-bit', family: 'bitlinear', precision: 4 },
  { id: 'q8', name: '8-bit', family: 'bitlinear', precision: 8 },
  { id: 'ptq-minmax', name: '8-bit PTQ, min-max', ...ptq('min-max') },
  { id: 'ptq-percentile', name: '8-bit PTQ, percentile', ...ptq('percentile') },
  { id: 'ptq-mse', name: '8-bit PTQ, MSE', ...ptq('mse') },
  { id: 'q16', name: '16-bit', family: 'bitlinear', precision: 16 },
  // What the embedding is worth without any expert: softmax regression on it.
  { id: 'linear', name: 'Linear probe', family: 'float', precision: 32, hidden: [] },
  { id: 'float', name: 'Float', family: 'float', precision: 32 },
];

export const expertKinds: readonly ExpertKind[] = kinds.map((kind) => ({
  ...kind,
  bits: bitsOfPrecision(kind.precision),
}));

function ptq(calibration: Calibration) {
  return { family: 'ptq', precision: 'static8', calibration } as const;
}

/** The experts of the default bank, in order of precision: what its router picks from. */
export const bankKinds: readonly ExpertKind[] = ['ternary', 'q2', 'q4', 'q8', 'q16'].map(kindOf);

/** @throws RangeError for an id that is none */
export function kindOf(id: string): ExpertKind {
  const found = expertKinds.find((kind) => kind.id === id);
  if (found) return found;
  throw new RangeError(
    `There is no kind of expert “${id}”. There are: ${expertKinds.map((k) => k.id).join(', ')}`,
  );
}

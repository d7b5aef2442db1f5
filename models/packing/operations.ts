/** How much work images are (IMAGE.md, "Work"). */

const cost = { value: 128, floatWeight: 8 } as const;

interface NetworkShape {
  readonly layers: readonly {
    readonly kind: string;
    readonly inputs: number;
    readonly outputs: number;
    readonly dropout?: boolean;
  }[];
}

/**
 * Operations of an expert, or of a router.
 * @param passes a router's dropout passes; 0 for an expert
 */
export function networkOperations({ layers }: NetworkShape, passes = 0): number {
  let times = 1; // no pass differs from another before the first dropout
  let sum = 0;
  for (const { kind, inputs, outputs, dropout } of layers) {
    const weight = kind === 'linear' ? cost.floatWeight : 1;
    sum += times * (cost.value * (inputs + outputs) + weight * inputs * outputs);
    if (passes > 0 && dropout) times = passes;
  }
  return sum;
}

/** Operations of what makes up a bank; without a router one expert answers. */
export interface BankOperations {
  /** of the first one; 0 for log-mel statistics */
  readonly encoder: number;
  /** each with the encoder that it brings */
  readonly experts: readonly number[];
  /** with the passes, and the number of experts that answer */
  readonly router: { readonly operations: number; readonly topK: number; readonly isCascade: boolean } | null;
}

/** Most operations of a bank's inference: the experts that answer are taken for the costliest. */
export function bankOperations({ encoder, experts, router }: BankOperations): number {
  const sum = encoder + (router?.operations ?? 0);
  const [first, ...further] = experts;
  if (router?.isCascade) return sum + first! + Math.max(...further);
  return sum + (router?.topK ?? 1) * Math.max(...experts);
}

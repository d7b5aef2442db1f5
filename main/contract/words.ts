/** Words for what the contract holds, the same on the page and on the command line. */

/** How a model's hidden weights are stored. */
export const weightsOf = ({ bits, ternary }: { bits: number; ternary: boolean }): string =>
  ternary ? 'ternary' : bits === 32 ? 'float' : `${bits}-bit`;

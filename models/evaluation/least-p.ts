/**
 * The least two-sided p that a test of signs or of signed ranks can give where so many pairs differ: all signs alike.
 */
export const leastSignP = (differing: number): number => Math.min(1, 2 / 2 ** differing);

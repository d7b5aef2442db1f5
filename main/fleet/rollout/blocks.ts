/** What a board did, in blocks that are long enough not to lean on their neighbours: the units that gates count. */

/** What a board recorded in one hour, or in several. */
export interface Block {
  inferences: number;
  /** 95th percentile; of several hours their mean. Null where it was not told. */
  latencyUs: number | null;
  /** Mean of an inference. */
  energyNanojoule: number | null;
  /** Mean. */
  topProbability: number;
  /** Inferences by class. */
  classes: ReadonlyMap<number, number>;
}

/** An hour with fewer inferences is joined with the next ones. */
export const leastInBlock = 20;

/** @param hours in order of time @returns what is left over at the end is in no block */
export function blocksOf(hours: readonly Block[]): Block[] {
  const blocks: Block[] = [];
  let open: Block[] = [];
  for (const hour of hours) {
    open.push(hour);
    if (sum(open.map(({ inferences }) => inferences)) < leastInBlock) continue;
    blocks.push(joined(open));
    open = [];
  }
  return blocks;
}

/** One for all of them, each with the weight of its inferences. @param blocks at least one */
export function joined(blocks: readonly Block[]): Block {
  if (blocks.length === 1) return blocks[0]!;
  const mean = (value: (block: Block) => number | null): number | null => {
    const told = blocks.filter((one) => value(one) !== null);
    const weight = sum(told.map(({ inferences }) => inferences));
    return weight === 0 ? null : sum(told.map((one) => value(one)! * one.inferences)) / weight;
  };
  const classes = new Map<number, number>();
  for (const one of blocks)
    for (const [index, count] of one.classes) classes.set(index, (classes.get(index) ?? 0) + count);
  return {
    inferences: sum(blocks.map(({ inferences }) => inferences)),
    latencyUs: mean(({ latencyUs }) => latencyUs),
    energyNanojoule: mean(({ energyNanojoule }) => energyNanojoule),
    topProbability: mean(({ topProbability }) => topProbability)!,
    classes,
  };
}

/** Hellinger's distance between two class mixes: 0 for the same, 1 where they have no class in common. */
export function mixDistance(a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>): number {
  const [totalA, totalB] = [sum([...a.values()]), sum([...b.values()])];
  let common = 0;
  for (const [index, count] of a) common += Math.sqrt((count / totalA) * ((b.get(index) ?? 0) / totalB));
  return Math.sqrt(Math.max(0, 1 - common));
}

export const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);

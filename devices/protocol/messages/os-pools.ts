import { groups, quickMs, type Command } from '../command.ts';

export interface MemoryPool {
  name: string;
  blockBytes: number;
  blocks: number;
  free: number;
  /** The fewest that were free since the start. */
  leastFree: number;
}

const mostPools = 64;

export const osPools: Command<void, MemoryPool[]> = {
  name: 'os memory pools',
  operation: 'read',
  group: groups.os,
  id: 3,
  repeatable: true,
  timeoutMs: quickMs,
  encode: () => ({}),
  decode: (reply) =>
    reply.keys
      // Older versions tell their own error code among them.
      .filter((name) => name !== 'rc')
      .slice(0, mostPools)
      .map((name) => {
        const pool = reply.map(name);
        return {
          ...{ name, blockBytes: pool.count('blksiz'), blocks: pool.count('nblks') },
          ...{ free: pool.count('nfree'), leastFree: pool.count('min') },
        };
      }),
};

import { groups, quickMs, type Command } from '../command.ts';

export interface StatisticsGroup {
  name: string;
  counts: [name: string, count: number][];
}

const mostCounts = 256;

/** One group of statistics, by its name. */
export const statisticsRead: Command<string, StatisticsGroup> = {
  name: 'statistics read',
  operation: 'read',
  group: groups.statistics,
  id: 0,
  repeatable: true,
  timeoutMs: quickMs,
  encode: (name) => ({ name }),
  decode: (reply) => ({ name: reply.label('name', 64), counts: reply.counts('fields', mostCounts) }),
};

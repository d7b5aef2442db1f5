import { groups, quickMs, type Command } from '../command.ts';

const mostGroups = 64;

/** Names of the groups of statistics that a device keeps. */
export const statisticsList: Command<void, string[]> = {
  name: 'statistics list',
  operation: 'read',
  group: groups.statistics,
  id: 1,
  repeatable: true,
  timeoutMs: quickMs,
  encode: () => ({}),
  decode: (reply) =>
    reply
      .list('stat_list')
      .filter((name): name is string => typeof name === 'string')
      .slice(0, mostGroups),
};

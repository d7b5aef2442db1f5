import { groups, quickMs, type Command } from '../command.ts';

export interface TaskStatistics {
  name: string;
  priority: number;
  /** In words of 4 bytes, as Zephyr counts them; null where it does not. */
  stackUsed: number | null;
  stackSize: number | null;
  /** Null where it does not count them. */
  contextSwitches: number | null;
}

const mostTasks = 64;

export const osTasks: Command<void, TaskStatistics[]> = {
  name: 'os task statistics',
  operation: 'read',
  group: groups.os,
  id: 2,
  repeatable: true,
  timeoutMs: quickMs,
  encode: () => ({}),
  decode: (reply) =>
    reply.named('tasks', mostTasks).map(([name, task]) => {
      const count = (key: string) => (task.has(key) ? task.number(key) : null);
      return {
        ...{ name, priority: task.number('prio'), stackUsed: count('stkuse'), stackSize: count('stksiz') },
        contextSwitches: count('cswcnt'),
      };
    }),
};

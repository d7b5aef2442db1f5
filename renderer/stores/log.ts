import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type { LogLine } from '../../main/contract/types.ts';
import { useLab } from './lab.ts';
import { useNotices } from './notices.ts';

const keptLines = 1000;

/** The lab's log, newest last; loaded when the first view that shows it opens. */
export const useLog = defineStore('log', () => {
  const { client } = useLab();
  const notices = useNotices();
  const lines = shallowRef<LogLine[]>([]);
  const problem = ref<string | null>(null);
  let loading = false;

  client.on('log', (line) => {
    if (loading) lines.value = [...lines.value, line].slice(-keptLines);
  });

  async function load(): Promise<void> {
    if (loading) return;
    loading = true;
    try {
      const older = await client.request('lab.log', { limit: keptLines });
      const newest = older.at(-1)?.atMs ?? 0;
      lines.value = [...older, ...lines.value.filter((line) => line.atMs > newest)].slice(-keptLines);
    } catch (thrown) {
      loading = false;
      problem.value = notices.fail('The log could not be loaded', thrown);
    }
  }

  return { lines, problem, load };
});

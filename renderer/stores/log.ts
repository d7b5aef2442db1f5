import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type { LogLine } from '../../main/contract/types.ts';
import { useLab } from './lab.ts';
import { useNotices } from './notices.ts';

const keptLines = 1000;

/** A line that has come again takes the place of what it was. */
function withLine(lines: LogLine[], line: LogLine): LogLine[] {
  if (lines.some(({ number, count }) => number === line.number && count > line.count)) return lines;
  return [...lines.filter(({ number }) => number !== line.number), line].slice(-keptLines);
}

/** The lab's log, newest last; loaded when the first view that shows it opens. */
export const useLog = defineStore('log', () => {
  const { client } = useLab();
  const notices = useNotices();
  const lines = shallowRef<LogLine[]>([]);
  const problem = ref<string | null>(null);
  let loading = false;

  client.on('log', (line) => {
    if (loading) lines.value = withLine(lines.value, line);
  });

  async function load(): Promise<void> {
    if (loading) return;
    loading = true;
    try {
      const older = await client.request('lab.log', { limit: keptLines });
      lines.value = lines.value.reduce(withLine, older);
    } catch (thrown) {
      loading = false;
      problem.value = notices.fail('The log could not be loaded', thrown);
    }
  }

  return { lines, problem, load };
});

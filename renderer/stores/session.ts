import { defineStore } from 'pinia';
import { ref, watchEffect } from 'vue';
import { CurlewError } from '../../main/contract/error.ts';
import type { LabInfo } from '../../main/contract/types.ts';
import { useLab } from './lab.ts';
import { recall, remember } from './memory.ts';
import { useNotices } from './notices.ts';

export type Theme = 'system' | 'light' | 'dark';

/** The lab this page is connected to, and how the page looks. */
export const useSession = defineStore('session', () => {
  const { client, shell } = useLab();
  const notices = useNotices();
  const info = ref<LabInfo | null>(null);
  const lost = ref<string | null>(null);
  const theme = ref<Theme>(recall<Theme>('theme') ?? 'system');

  let lastWords: string | null = null;

  client.on('fault', ({ text, ending }) => {
    if (ending) lastWords = text;
    else notices.fail('Something unforeseen failed', new CurlewError('INTERNAL', text));
  });
  client.onClose((reason) => (lost.value = lastWords ?? reason.message));

  watchEffect(() => {
    if (theme.value === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme.value;
    remember('theme', theme.value);
  });

  async function load(): Promise<void> {
    info.value = await client.request('lab.info', {});
  }

  client.on('log', ({ level, subject }) => {
    // What the store has lost while the lab runs is in its information, too.
    if (level === 'error' && subject === null) load().catch(() => undefined);
  });

  return {
    info,
    lost,
    theme,
    load,
    has: shell.has,
    /** To a new file: in the data folder where no path is given. */
    backUp: (path: string | null) => client.request('store.backup', path === null ? {} : { path }),
  };
});

import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { AllowedFolders, CleanKind, DataFolder } from '../../main/contract/types.ts';
import { useFollowed } from './followed.ts';
import { useLab } from './lab.ts';
import { useSession } from './session.ts';

/** Where the lab keeps what it knows, and which other folders it opens. */
export const useDataFolder = defineStore('dataFolder', () => {
  const { client } = useLab();
  const session = useSession();
  const found = shallowRef<DataFolder | null>(null);
  const folders = shallowRef<AllowedFolders | null>(null);

  const loadFolders = useFollowed(
    'folders',
    () => Promise.all([client.request('folders.list', {}), session.load()]),
    ([list]) => (folders.value = list),
    'The folders could not be listed',
  );

  async function look(): Promise<void> {
    found.value = await client.request('data.look', {});
  }

  return {
    found,
    folders,
    look,
    loadFolders,
    /** Whether who holds the page sits at the lab's own machine. */
    isLocal: computed(() => session.info?.role === 'local' || session.info?.role === 'owner'),
    async clean(kinds: CleanKind[]) {
      const gone = await client.request('data.clean', { kinds });
      await look();
      return gone;
    },
    async move(path: string) {
      await client.request('data.move', { path });
      await look();
    },
    async stay() {
      await client.request('data.stay', {});
      await look();
    },
    addFolder: async (path: string) => (folders.value = await client.request('folders.add', { path })),
    removeFolder: async (path: string) => (folders.value = await client.request('folders.remove', { path })),
  };
});

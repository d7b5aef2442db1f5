import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { SigningKey } from '../../main/contract/types.ts';
import { useFollowed } from './followed.ts';
import { useLab } from './lab.ts';

/** The lab's signing keys, as far as a page may know them. */
export const useKeys = defineStore('keys', () => {
  const { client } = useLab();
  const list = shallowRef<SigningKey[] | null>(null);

  const load = useFollowed(
    'keys',
    () => client.request('keys.list', {}),
    (found) => (list.value = found),
    'The keys could not be listed',
  );

  return {
    list,
    load,
    find: (id: string | null) => list.value?.find((key) => key.id === id) ?? null,
    async create(name: string): Promise<SigningKey> {
      const key = await client.request('keys.create', { name });
      await load();
      return key;
    },
    async remove(keyId: string): Promise<void> {
      list.value = await client.request('keys.delete', { keyId });
    },
    backUp: (passphrase: string) => client.request('keys.backup', { passphrase }),
    async restore(text: string, passphrase: string) {
      const result = await client.request('keys.restore', { text, passphrase });
      await load();
      return result;
    },
    export: (keyId: string) => client.request('keys.export', { keyId }),
  };
});

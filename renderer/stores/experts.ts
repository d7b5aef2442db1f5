import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { ExpertFile, ExpertInfo } from '../../main/contract/types.ts';
import { useLab } from './lab.ts';

/** The experts of the bank; their files are fetched once. */
export const useExperts = defineStore('experts', () => {
  const { client } = useLab();
  const list = shallowRef<ExpertInfo[] | null>(null);
  const files = new Map<string, Promise<Uint8Array>>();

  async function load(): Promise<void> {
    list.value = await client.request('experts.list', {});
  }

  function file(expertId: string, name: ExpertFile): Promise<Uint8Array> {
    const key = `${name} of ${expertId}`;
    const known = files.get(key);
    if (known) return known;
    const asked = client.request('experts.file', { expertId, file: name });
    files.set(key, asked);
    asked.catch(() => files.delete(key));
    return asked;
  }

  return {
    list,
    load,
    file,
    find: (id: string | null) => list.value?.find((expert) => expert.id === id) ?? null,
    /** The expert whose image this is; null when it is not one of the bank. */
    ofImage: (sha256: string | undefined) =>
      list.value?.find((expert) => expert.imageSha256 === sha256) ?? null,
  };
});

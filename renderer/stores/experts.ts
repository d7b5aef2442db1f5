import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { EncoderInfo, ExpertFile, ExpertInfo, RouterInfo } from '../../main/contract/types.ts';
import { useLab } from './lab.ts';
import { useNotices } from './notices.ts';

export interface Bank {
  id: string;
  /** It ships with the lab: it cannot be deleted. */
  shipped: boolean;
  experts: ExpertInfo[];
  routers: RouterInfo[];
  encoders: EncoderInfo[];
}

/** What all banks hold; the files of experts are fetched once. */
export const useExperts = defineStore('experts', () => {
  const { client } = useLab();
  const notices = useNotices();
  const list = shallowRef<ExpertInfo[] | null>(null);
  const routers = shallowRef<RouterInfo[]>([]);
  const encoders = shallowRef<EncoderInfo[]>([]);
  const files = new Map<string, Promise<Uint8Array>>();

  async function load(): Promise<void> {
    const [foundExperts, foundRouters, foundEncoders] = await Promise.all([
      client.request('experts.list', {}),
      client.request('experts.routers', {}),
      client.request('experts.encoders', {}),
    ]);
    list.value = foundExperts;
    routers.value = foundRouters;
    encoders.value = foundEncoders;
  }

  client.on('job', ({ kind, state }) => {
    if (state !== 'done' || (kind !== 'train' && kind !== 'encoder')) return;
    load().catch((thrown: unknown) => notices.fail('The banks could not be read', thrown));
  });

  function file(expertId: string, name: ExpertFile): Promise<Uint8Array> {
    const key = `${name} of ${expertId}`;
    const known = files.get(key);
    if (known) return known;
    const asked = client.request('experts.file', { expertId, file: name });
    files.set(key, asked);
    asked.catch(() => files.delete(key));
    return asked;
  }

  async function deleteBank(bank: string): Promise<void> {
    await client.request('experts.deleteBank', { bank });
    // A later bank may take the name, and the ids of its experts with it.
    files.clear();
    await load();
  }

  const find = (id: string | null) => list.value?.find((expert) => expert.id === id) ?? null;

  return {
    list,
    routers,
    encoders,
    /** The shipped bank first. */
    banks: computed<Bank[]>(() => {
      const experts = list.value ?? [];
      const ids = new Set([...experts, ...routers.value, ...encoders.value].map(({ bank }) => bank));
      return [...ids].map((id) => ({
        id,
        shipped: id === 'shipped',
        experts: experts.filter(({ bank }) => bank === id),
        routers: routers.value.filter(({ bank }) => bank === id),
        encoders: encoders.value.filter(({ bank }) => bank === id),
      }));
    }),
    load,
    file,
    deleteBank,
    find,
    /** What an encoder is called; null stands for the log-mel's statistics. */
    encoderName: (id: string | null) =>
      id === null ? 'log-mel statistics' : (encoders.value.find((one) => one.id === id)?.name ?? id),
    /** The expert whose image this is; null when it is not one of the banks. */
    ofImage: (sha256: string | undefined) =>
      list.value?.find((expert) => expert.imageSha256 === sha256) ?? null,
  };
});

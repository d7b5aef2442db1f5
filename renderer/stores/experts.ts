import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { EncoderInfo, ExpertFile, ExpertInfo, RouterInfo } from '../../main/contract/types.ts';
import { useFollowed } from './followed.ts';
import { useLab } from './lab.ts';

export interface Bank {
  id: string;
  /** It ships with the lab: it cannot be deleted. */
  shipped: boolean;
  experts: ExpertInfo[];
  routers: RouterInfo[];
  encoders: EncoderInfo[];
}

/** What can be deployed. */
export type Member = ExpertInfo | RouterInfo;

export const isRouter = (member: Member): member is RouterInfo => 'experts' in member;

/** What all banks hold; the files of experts are fetched once. */
export const useExperts = defineStore('experts', () => {
  const { client } = useLab();
  const list = shallowRef<ExpertInfo[] | null>(null);
  const routers = shallowRef<RouterInfo[]>([]);
  const encoders = shallowRef<EncoderInfo[]>([]);
  const files = new Map<string, Promise<Uint8Array>>();

  const load = useFollowed(
    'banks',
    () =>
      Promise.all([
        client.request('experts.list', {}),
        client.request('experts.routers', {}),
        client.request('experts.encoders', {}),
      ]),
    ([foundExperts, foundRouters, foundEncoders]) => {
      list.value = foundExperts;
      routers.value = foundRouters;
      encoders.value = foundEncoders;
      // A later bank may take a name that is free again, and the ids of its experts with it.
      files.clear();
    },
    'The banks could not be read',
  );

  function file(expertId: string, name: ExpertFile): Promise<Uint8Array> {
    const key = `${name} of ${expertId}`;
    const known = files.get(key);
    if (known) return known;
    const asked = client.request('experts.file', { expertId, file: name });
    files.set(key, asked);
    asked.catch(() => files.delete(key));
    return asked;
  }

  const findMember = (id: string | null): Member | null =>
    find(id) ?? routers.value.find((router) => router.id === id) ?? null;
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
    /** Writes a bank to a file, or one expert or router of it. */
    exportBank: (bank: string, path: string, member: string | null, overwrite: boolean) =>
      client.request('experts.export', { bank, path, overwrite, ...(member === null ? {} : { member }) }),
    /** Takes in such a file. @param name what it is to be called here; its own where it is null */
    importBank: (path: string, name: string | null) =>
      client.request('experts.import', { path, ...(name === null ? {} : { name }) }),
    use: (bank: string) => client.request('experts.bankUse', { bank }),
    /** @param boards that run it and may go on so */
    deleteBank: (bank: string, boards: string[]) => client.request('experts.deleteBank', { bank, boards }),
    find,
    findMember,
    /** What an encoder is called; null stands for the log-mel's statistics. */
    encoderName: (id: string | null) =>
      id === null ? 'log-mel statistics' : (encoders.value.find((one) => one.id === id)?.name ?? id),
    /** The expert or router whose image this is; null when it is not one of the banks. */
    memberOfImage: (sha256: string | undefined): Member | null =>
      [...(list.value ?? []), ...routers.value].find(({ imageSha256 }) => imageSha256 === sha256) ?? null,
    /** The images that go to a board with one, its encoder among them. */
    imagesOf: (member: Member): { name: string; imageBytes: number }[] => [
      ...encoders.value.filter(({ id }) => id === member.encoder),
      ...(isRouter(member) ? member.experts.flatMap((id) => find(id) ?? []) : []),
      member,
    ],
    /** The expert whose image this is; null when it is not one of the banks. */
    ofImage: (sha256: string | undefined) =>
      list.value?.find((expert) => expert.imageSha256 === sha256) ?? null,
  };
});

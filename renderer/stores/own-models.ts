import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import type { OwnModel } from '../../main/contract/types.ts';
import { useBench } from './bench.ts';
import { useFollowed } from './followed.ts';
import { useLab } from './lab.ts';
import { recall, remember } from './memory.ts';

/** What recordings are classified with. */
export interface Classifier {
  id: string;
  name: string;
  /** All of its classes; null where there are too many to be listed. */
  labels: readonly string[] | null;
  /** Of one's own: it has a hop of its own. */
  own: OwnModel | null;
}

/** Models of one's own, and whether one of them classifies in place of what is on the bench. */
export const useOwnModels = defineStore('ownModels', () => {
  const { client } = useLab();
  const bench = useBench();
  const list = shallowRef<OwnModel[] | null>(null);
  const chosen = ref(recall<string>('recordings.model'));
  watch(chosen, (id) => remember('recordings.model', id));

  const load = useFollowed(
    'models',
    () => client.request('models.list', {}),
    (found) => (list.value = found),
    'The models of your own could not be listed',
  );

  const own = computed(() => list.value?.find(({ id }) => id === chosen.value) ?? null);
  const classifier = computed<Classifier | null>(() => {
    if (own.value) {
      const { id, description, classes, labels } = own.value;
      return {
        id,
        name: description.name,
        labels: labels.length === classes ? labels : null,
        own: own.value,
      };
    }
    const { member, expert } = bench;
    return member && { id: member.id, name: member.name, labels: expert?.classes ?? [], own: null };
  });

  return {
    list,
    load,
    classifier,
    /** Null: what is on the bench. */
    chosenId: computed<string | null>({
      get: () => own.value?.id ?? null,
      set: (id) => (chosen.value = id),
    }),
    add: (path: string) => client.request('models.add', { path }),
    check: (modelId: string) => client.request('models.check', { modelId }),
    remove: (modelId: string) => client.request('models.remove', { modelId }),
  };
});

import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import type { RequestParams } from '../../main/contract/requests.ts';
import type { DataSetInfo } from '../../main/contract/types.ts';
import { useLab } from './lab.ts';
import { recall, remember } from './memory.ts';

type Asked = RequestParams<'datasets.inspect'>;
export type Layout = NonNullable<Asked['layout']>;
export type Variant = NonNullable<Asked['variant']>;

/** The data set that is trained on and evaluated with, and what the lab found in it. */
export const useDataSet = defineStore('dataSet', () => {
  const { client } = useLab();
  const path = ref(recall<string>('dataSet.path') ?? '');
  /** Empty: told from what lies in the folder. */
  const layout = ref<Layout | ''>('');
  const variant = ref<Variant>('all');
  const info = shallowRef<DataSetInfo | null>(null);
  watch(path, (chosen) => remember('dataSet.path', chosen));
  // What was found is of the folder as it was asked for, and of no other.
  watch([path, layout, variant], () => (info.value = null), { flush: 'sync' });

  const asked = computed<Asked>(() => ({
    path: path.value.trim(),
    ...(layout.value === '' ? {} : { layout: layout.value }),
    variant: variant.value,
  }));

  async function inspect(): Promise<void> {
    const wanted = asked.value;
    info.value = null;
    const found = await client.request('datasets.inspect', wanted);
    if (wanted === asked.value) info.value = found;
  }

  return { path, layout, variant, info, asked, inspect };
});

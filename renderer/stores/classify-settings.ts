import { defineStore } from 'pinia';
import * as v from 'valibot';
import { computed, reactive, watch } from 'vue';
import type { ClassifySettings, ClassifySettingsGiven } from '../../main/contract/types.ts';
import { classifySettings, usualSettings } from '../../main/jobs/classify/contract/settings.ts';
import { recall, remember } from './memory.ts';

const key = 'recordings.settings';

/** What was remembered, where it still is what settings are; a later lab may have others. */
function remembered(): ClassifySettings {
  const kept = v.safeParse(classifySettings, recall<ClassifySettingsGiven>(key) ?? {});
  return kept.success ? kept.output : structuredClone(usualSettings);
}

/** How recordings are classified next; remembered, and given as far as it is not as usual. */
export const useClassifySettings = defineStore('classifySettings', () => {
  const settings = reactive<ClassifySettings>(remembered());
  const problem = computed(() => {
    const checked = v.safeParse(classifySettings, settings);
    return checked.success ? null : (checked.issues[0].path?.map(({ key: name }) => String(name)) ?? []);
  });
  watch(
    settings,
    (chosen) => {
      if (problem.value === null) remember(key, chosen);
    },
    { flush: 'sync' },
  );
  const changed = computed(() =>
    (Object.keys(usualSettings) as (keyof ClassifySettings)[]).filter(
      (name) => JSON.stringify(settings[name]) !== JSON.stringify(usualSettings[name]),
    ),
  );
  return {
    settings,
    /** The setting that is not as it should be, and the class where it is of one; null while all are. */
    problem,
    /** Those that are not as usual. */
    changed,
    given: (): ClassifySettingsGiven =>
      JSON.parse(
        JSON.stringify(Object.fromEntries(changed.value.map((name) => [name, settings[name]]))),
      ) as ClassifySettingsGiven,
    reset: () => void Object.assign(settings, structuredClone(usualSettings)),
    /** @param value null: as for all classes */
    ofClass(what: 'thresholds' | 'gaps' | 'leasts', label: string, value: number | null) {
      const { [label]: _before, ...others } = settings[what];
      settings[what] = value === null ? others : { ...others, [label]: value };
    },
  };
});

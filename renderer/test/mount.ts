import { createPinia, setActivePinia } from 'pinia';
import { createApp } from 'vue';
import type { ShellCapabilities } from '../../main/contract/client.ts';
import { labKey } from '../stores/lab.ts';
import { shellDouble, type LabDouble } from './lab-double.ts';

/** Gives the stores a lab, without a page. */
export function withLab(client: LabDouble, shell: ShellCapabilities = shellDouble().shell): void {
  const pinia = createPinia();
  createApp({}).provide(labKey, { client, shell }).use(pinia);
  setActivePinia(pinia);
}

import { inject, type InjectionKey } from 'vue';
import type { LabClient, ShellCapabilities } from '../../main/contract/client.ts';

/** What the page was given: the lab, and what the shell around it can do. */
export interface Lab {
  client: LabClient;
  shell: ShellCapabilities;
}

export const labKey: InjectionKey<Lab> = Symbol('lab');

/** Whether who holds the page may change the lab: what they may not do is not shown. */
export const useOperates = (): boolean => useLab().shell.has.has('operate');

/** For components and stores alike; the page provides it before anything is mounted. */
export function useLab(): Lab {
  const lab = inject(labKey);
  if (!lab) throw new Error('The page was mounted without a lab.');
  return lab;
}

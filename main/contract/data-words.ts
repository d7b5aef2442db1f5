/** What lies in a data folder, for a person: the page and the command line say it alike. */
import type { CleanKind, DataKind } from './types.ts';

export const dataWords: Record<DataKind, string> = {
  store: 'store: boards, records, jobs, detections',
  backups: 'backups of the store',
  aside: 'stores set aside, damaged or replaced',
  banks: 'banks of your own',
  'own-models': 'models of your own',
  studies: 'trainings and evaluations, their reports',
  features: 'features of recordings, kept to save time',
  captures: 'captures of currents',
  benchmarks: 'what benchmarks of devices found',
  boards: 'flash of virtual and emulated boards',
  keys: 'keys',
  window: 'the window’s own files',
  other: 'the rest: settings, log of faults',
};

export const cleanWords: Record<CleanKind, string> = {
  features: 'features of recordings; made anew when they are needed',
  studies: 'what trainings and evaluations left that are over; reports stay',
  unfinished: 'half-written files of a lab that died',
  backups: 'all backups of the store; nothing else holds what they hold',
  aside: 'stores set aside, damaged or replaced; nothing else holds what they hold',
};

/** Goes without a second thought. */
export const harmless: readonly CleanKind[] = ['features', 'studies', 'unfinished'];

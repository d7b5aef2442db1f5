import type { FileState } from '../../../main/contract/types.ts';

export const fileStateWords: Record<FileState, string> = {
  waiting: 'waiting',
  classified: 'classified',
  failed: 'failed',
  copy: 'copy',
  leftOut: 'left out',
};

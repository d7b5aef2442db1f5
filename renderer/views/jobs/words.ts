/** Words for jobs on the page. */
import type { Job, JobKind } from '../../../main/contract/types.ts';
import { span } from '../../../main/contract/figures.ts';
import { baseName } from '../../format/figures.ts';

export const kindNames: Record<JobKind, string> = {
  deploy: 'deployment',
  play: 'playing',
  update: 'bringing up to date',
  rollout: 'roll-out',
  export: 'export',
  capture: 'capture of currents',
  smp: 'sending to an SMP device',
  classify: 'classification',
  train: 'training',
  evaluate: 'evaluation',
  encoder: 'encoder',
  compare: 'comparison',
  tiny: 'benchmark of a device',
};

/** Of paths the last part; their whole stands with the job. */
export const shortly = (names: readonly string[]): string => names.map(baseName).join(', ');

export const workedFor = ({ workedMs }: Job): string => (workedMs === null ? '–' : span(workedMs));

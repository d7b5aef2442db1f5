/** What deployments and playing keep beside their jobs' records: nothing that a job's deletion would take away. */
import { count } from '../contract/figures.ts';
import type { Leavings } from '../jobs/definition.ts';

export const deployLeavings: Leavings = {
  holdings: async () => ({ goes: [], stays: ['what the board holds, and what was noted of it'], bytes: 0 }),
};

export const playLeavings: Leavings = {
  holdings: async ({ result }) => ({
    goes: result?.kind === 'play' ? [`the answers to ${count(result.windows.length, 'window')}`] : [],
    stays: ['the recording, and what the board recorded'],
    bytes: 0,
  }),
};

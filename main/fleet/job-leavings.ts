/** What deployments and playing keep beside their jobs' records. */
import { count } from '../contract/figures.ts';
import type { PlayStore } from '../store/play-store.ts';
import type { Leavings } from '../jobs/definition.ts';

export const deployLeavings: Leavings = {
  holdings: async () => ({ goes: [], stays: ['what the board holds, and what was noted of it'], bytes: 0 }),
};

export const exportLeavings: Leavings = {
  holdings: async () => ({ goes: [], stays: ['the file that was written'], bytes: 0 }),
};

export const captureLeavings: Leavings = {
  holdings: async () => ({ goes: [], stays: ['the capture'], bytes: 0 }),
};

export const playLeavings = (plays: Pick<PlayStore, 'countOfJob' | 'removeJob'>): Leavings => ({
  async holdings({ id }) {
    const { recordings, windows } = await plays.countOfJob(id);
    const answers = `the answers to ${count(windows, 'window')} of ${count(recordings, 'recording')}`;
    return {
      goes: windows > 0 ? [answers] : [],
      stays: ['the recordings, and what the board recorded'],
      bytes: 0,
    };
  },
  remove: (jobId) => plays.removeJob(jobId),
});

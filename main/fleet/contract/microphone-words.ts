/** How a microphone is, in words, for the page and the command line alike. */
import { count, dateTime, decibels, percent } from '../../contract/figures.ts';
import type { MicrophoneJudgement, MicrophoneState } from './microphone.ts';

/** In a few words, for a sheet. */
export const microphoneVerdicts: Record<MicrophoneState, string> = {
  well: 'it hears: nothing speaks against it',
  'fell silent': 'faulty: it fell silent',
  clipped: 'faulty: it is clipped',
  stuck: 'faulty: it is stuck',
  new: 'neither clipped nor stuck; too new for more',
  untold: 'not judged',
};

/** A sentence. */
export function microphoneText(judged: MicrophoneJudgement): string {
  const { state, hours, noiseFloorDb, levelDb, clippedShare, usualDb, neighbours } = judged;
  if (hours === null) return 'Too few records of late tell how loud it was: not judged.';
  const since = `since ${dateTime(hours[0])}`;
  const floor = noiseFloorDb === null ? 'not told' : decibels(noiseFloorDb);
  const beside = neighbours === 0 ? '' : ` and by ${count(neighbours, 'neighbour')}`;
  const usual = usualDb === null ? '' : `, usual at these hours ${decibels(usualDb)}${beside}`;
  switch (state) {
    case 'stuck':
      return `It is stuck ${since}: every window is as loud as the next (${levelDb === null ? '—' : decibels(levelDb)}). Check its wiring.`;
    case 'clipped':
      return `It is clipped ${since}: ${percent(clippedShare ?? 0)} of the samples are at full scale. Check its gain, and what it stands beside.`;
    case 'fell silent':
      return `It fell silent ${since}: noise floor ${floor}${usual}, and lower than at any hour before. Check for water, dirt and its wiring.`;
    case 'new':
      return `Noise floor ${floor}: fewer than five days to hold it against, so that a microphone that fell silent is not told yet.`;
    case 'well':
    case 'untold':
      return `Noise floor ${floor}${usual}.`;
  }
}

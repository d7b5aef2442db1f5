import { count } from '../../main/contract/figures.ts';
import type { Results } from './results.ts';

/** What a report of a bank that was there already begins with: on what it was and was not trained; null for a study. */
export function testedText({ tested, dataSet }: Pick<Results, 'tested' | 'dataSet'>): string | null {
  if (tested === undefined) return null;
  const { bank, trainedOn, heldOutFold, heard, otherLabels } = tested;
  const without = heldOutFold === null ? '' : ` without fold ${heldOutFold}`;
  const made = trainedOn === null ? without : `, trained on ${trainedOn}${without}`;
  const clips = `${count(dataSet.clips, 'clip')} of ${count(dataSet.sources, 'recording')}`;
  const known =
    trainedOn === null
      ? 'that its encoder has not heard; what its experts were trained on it does not list'
      : 'that neither its encoder nor its experts have heard';
  return [
    `The bank ${bank}${trainedOn === null && made !== '' ? `, trained${made}` : made}, tested as it is on ${dataSet.name}: ${clips} ${known}.`,
    ...(heard > 0 ? [`Left out, because it has heard them: ${count(heard, 'clip')}.`] : []),
    ...(otherLabels > 0 ? [`Left out for their labels: ${count(otherLabels, 'clip')}.`] : []),
  ].join(' ');
}

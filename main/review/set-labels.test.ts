import { expect, it } from 'vitest';
import type { Verdict } from '../detections/contract/filter.ts';
import { setLabelOf } from './set-labels.ts';

const said = (...verdicts: (Verdict | [Verdict, string])[]) =>
  verdicts.map((one) =>
    typeof one === 'string' ? { verdict: one, label: null } : { verdict: one[0], label: one[1] },
  );

it.each([
  ['its own class with yes', said('yes'), 'curlew'],
  ['the class that was named with other', said(['other', 'whimbrel']), 'whimbrel'],
  ['background with no, and with other of no class', said('no', 'other'), 'noise'],
  ['nothing where nobody can tell', said('unsure'), null],
  ['what most say', said('yes', 'unsure', 'yes', ['other', 'whimbrel']), 'curlew'],
  ['nothing where as many say one as another', said('yes', 'no'), null],
  ['nothing undecided', [], null],
])('a detection becomes %s', (_what, decisions, label) => {
  expect(setLabelOf('curlew', decisions, 'noise')).toBe(label);
});

it('what is of no class is left out where there is no background, also where some say so', () => {
  expect(setLabelOf('curlew', said('no'), null)).toBeNull();
  expect(setLabelOf('curlew', said('no', 'no', 'yes'), null)).toBeNull();
});

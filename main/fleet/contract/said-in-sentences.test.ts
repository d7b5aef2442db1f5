/** What a person may type is refused with a sentence of ours, which the dispatcher passes on as it is. */
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { detailsRequests } from './details.ts';
import { visitRequests } from './visits.ts';

const change = (said: object) => ({ boardIds: ['a'], change: said });

it.each([
  ['details.change', detailsRequests['details.change'].params, change({ name: 'a\nb' }), /one line of text/],
  [
    'details.change',
    detailsRequests['details.change'].params,
    change({ tags: ['a\tb'] }),
    /one line of text/,
  ],
  ['groups.save', detailsRequests['groups.save'].params, { name: 'a\u0007' }, /one line of text/],
  ['visits.change', visitRequests['visits.change'].params, { awayHours: 0 }, /1 to 8,784 whole hours/],
  ['visits.change', visitRequests['visits.change'].params, { awayHours: 1.5 }, /1 to 8,784 whole hours/],
])('%s says what is wrong, and what it takes', (_name, params, given, sentence) => {
  const { issues } = v.safeParse<v.GenericSchema>(params, given);
  expect(issues?.[0]).toMatchObject({ type: 'check', message: expect.stringMatching(sentence) as string });
});

/** What the lab does for requests about review sets. */
import type { HandlersOf } from '../dispatch.ts';
import type { AllowedPaths } from '../recordings/allowed-paths.ts';
import type { reviewedSetRequests } from './contract/labelled-set.ts';
import type { reviewRequests } from './contract/requests.ts';
import type { Reviews } from './reviews.ts';

export const reviewHandlers = (
  reviews: Reviews,
  files: AllowedPaths,
): HandlersOf<typeof reviewRequests & typeof reviewedSetRequests> => ({
  'reviews.labelledSet': async ({ setId, path, beside, ...wish }, role) =>
    reviews.labelledSet(setId, {
      ...wish,
      path: await files.place(path, role),
      beside: beside === undefined ? undefined : await files.resolve(beside, role),
    }),
  'reviews.create': (draw) => reviews.create(draw),
  'reviews.list': (page) => reviews.list(page),
  'reviews.get': ({ setId }) => reviews.get(setId),
  'reviews.items': ({ setId, ...page }) => reviews.items(setId, page),
  'reviews.decide': ({ setId, number, reviewer, verdict, label = null }) =>
    reviews.decide(setId, number, { reviewer, verdict, label }),
  'reviews.statistics': ({ setId, precision }) => reviews.statistics(setId, precision),
  'reviews.apply': ({ setId, precision, rule }) => reviews.apply(setId, precision, rule),
  'reviews.applied': ({ jobId }) => reviews.applied(jobId),
  'reviews.takeBack': ({ jobId }) => reviews.takeBack(jobId),
  'reviews.undo': ({ setId, reviewer }) => reviews.undo(setId, reviewer),
});

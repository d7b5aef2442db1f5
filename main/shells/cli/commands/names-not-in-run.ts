import type { DetectionFilterGiven } from '../../../detections/contract/filter.ts';
import type { DetectionSummary } from '../../../detections/contract/rows.ts';

/**
 * A sentence for each kind of name in a filter of which a run found nothing at all: it may be mistyped.
 * @param whole the run without a filter
 */
export function namesNotInRun(
  { labels = [], sites = [], experts = [] }: DetectionFilterGiven,
  whole: Pick<DetectionSummary, 'classes' | 'sites' | 'experts'>,
): string[] {
  return [
    ...missing('class', labels, names(whole.classes, 'label')),
    ...missing('site', sites, names(whole.sites, 'site')),
    ...missing('expert', experts, names(whole.experts, 'expert')),
  ];
}

const names = <K extends string>(rows: readonly Record<K, string | null>[], key: K): (string | null)[] =>
  rows.map((row) => row[key]);

function missing(
  what: string,
  named: readonly (string | null)[],
  found: readonly (string | null)[],
): string[] {
  const lacking = named.filter((name) => !found.includes(name));
  if (lacking.length === 0) return [];
  const there = found.filter((name) => name !== null).join(', ');
  return [
    `The run has nothing of the ${what} ${lacking.join(', ')}; ${there === '' ? 'it has none of any' : `it has ${there}`}.`,
  ];
}

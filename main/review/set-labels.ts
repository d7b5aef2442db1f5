/** What decided detections are, as a labelled set has it. */
import type { ReviewDecision } from './contract/rows.ts';

/**
 * The class that most of its reviewers say it is of: yes is for the detection's own, other for the class that was named;
 * no, and other without a class, are for the background. Unsure is for none.
 * @param background null: what is for it is for no class
 * @returns null where it is for no class, or as much for one as for another
 */
export function setLabelOf(
  label: string,
  decisions: readonly Pick<ReviewDecision, 'verdict' | 'label'>[],
  background: string | null,
): string | null {
  const votes = new Map<string | null, number>();
  for (const { verdict, label: other } of decisions) {
    if (verdict === 'unsure') continue;
    const of = verdict === 'yes' ? label : (other ?? background);
    votes.set(of, (votes.get(of) ?? 0) + 1);
  }
  const most = Math.max(0, ...votes.values());
  const first = [...votes].filter(([, count]) => count === most);
  return first.length === 1 ? first[0]![0] : null;
}

import type { ReviewDecision, Verdict } from '../../../main/contract/types.ts';

/** The key of each verdict, and what its button says. */
export const verdictKeys: readonly { key: string; verdict: Verdict; words: string }[] = [
  { key: 'y', verdict: 'yes', words: 'Yes' },
  { key: 'n', verdict: 'no', words: 'No' },
  { key: 'u', verdict: 'unsure', words: 'Unsure' },
  { key: 'o', verdict: 'other', words: 'Other…' },
];

export const decisionWords = ({ verdict, label }: Pick<ReviewDecision, 'verdict' | 'label'>): string =>
  verdict === 'other' ? (label ?? 'another class') : verdict;

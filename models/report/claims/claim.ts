export type Verdict = 'holds' | 'holds in part' | 'does not hold' | 'not shown' | 'not examined';

export interface Claim {
  /** The paper's own claim, or what has to be so if routing by curiosity is worth anything. */
  readonly origin: 'paper' | 'control';
  readonly claim: string;
  readonly verdict: Verdict;
  /** What was found here, in a sentence or more with its figures. */
  readonly finding: string;
  /** The same of harder sounds; null where none were answered, or the claim is not about answers. */
  readonly hard: { readonly verdict: Verdict; readonly finding: string } | null;
}

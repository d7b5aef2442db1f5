/**
 * Where the paper's claims hold for these results and where they do not, decided from the figures by rules. A claim
 * about a difference needs a test that shows it after Holm's correction. A claim about a ratio holds from 90 % of
 * the paper's figure on, and holds in part from a tenth of the effect on.
 */
import type { Claim } from './claims/claim.ts';
import { controls } from './claims/controls.ts';
import { published } from './claims/published.ts';
import type { Results } from './results.ts';

export function claimsOf(results: Results): Claim[] {
  return [
    ...published.map((rule) => ({ origin: 'paper' as const, ...rule(results) })),
    ...controls.map((rule) => ({ origin: 'control' as const, ...rule(results) })),
  ];
}

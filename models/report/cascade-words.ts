/** What decides of a cascade, for a person; results name decisions by these words. */
import type { Decision } from '../router/router.ts';

/** The decision of a stage that answers every window. */
export const oneStage = 'One stage alone';

/** As many windows as a decision sends on, any of them. */
export const chanceAsOften = 'Chance, as often';

export const decisionWords: Readonly<Record<Decision, string>> = {
  'top-probability': 'Cascade by top probability',
  entropy: 'Cascade by entropy',
  curiosity: 'Cascade by curiosity',
  gate: 'Cascade by a learned gate',
};

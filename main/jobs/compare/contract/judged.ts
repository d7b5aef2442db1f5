/** How what a stage is judged by is written: errors and limits, in a terminal, on the page and in reports. */
import { stageWords, type ComparedStage } from './stages.ts';
import type { StageSummary } from './rows.ts';

/** Of a run the largest of what this stage is judged by. */
export const judgedFigure = (stage: ComparedStage, summary: StageSummary): number =>
  stageWords[stage].judged === 'relative' ? summary.relativeLargest : summary.largest;

/** Two digits, and beside a limit as many as tell on which side of it the error lies: 1.01e-3 beside 1e-3. */
export function errorText(error: number, limit: number | null = null): string {
  if (error === 0) return '0';
  for (let places = 1; limit !== null && places < 16; places++) {
    const text = error.toExponential(places);
    if (Number(text) <= limit === error <= limit) return text;
  }
  return error.toExponential(1);
}

/** Beside tables of checks. */
export const judgedNote =
  'The largest error is relative to the largest number of the stage; of the router it is absolute. Intervals are of 95 %, and as wide as windows of a clip are alike (Korn and Graubard). A stage passes where so many windows as were asked for are within what is allowed: for certain, or all that were compared.';

/** As errors are written, with the digits it has. */
export const limitText = (limit: number): string => (limit === 0 ? '0' : limit.toExponential());

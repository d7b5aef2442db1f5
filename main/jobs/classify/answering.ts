import type { Grid } from './contract/grid.ts';

/** What answers: its classes, and the names of its experts, in the router's order. */
export interface Answering {
  classes: readonly string[];
  experts: readonly string[];
  routed: boolean;
  /** Where its windows lie. */
  grid: Grid;
  /** Of one recording: with thousands of classes more cannot be held; null: there are few enough classes. */
  mostWindows: number | null;
}

import type { ReviewStatistics } from './rows.ts';

type Cell = string | number | null;

const withInterval = (name: string): string[] => [name, `${name}: low`, `${name}: high`];

const header = [
  ...['Class', 'From', 'Detections', 'Decided', 'True'],
  ...['Precision in the sample', 'Precision in the run', 'True detections'].flatMap(withInterval),
  ...['Wished precision', ...withInterval('Threshold by fit'), 'Held from', 'Intercept', 'Slope'],
];

/**
 * What a review comes to, as the rows of a table below its header: one for each class and edge of a bin of peak
 * probability, with counts and precision of the detections from there on; what is of the whole class stands in each of
 * its rows.
 */
export const statisticsRows = ({ precision, classes }: ReviewStatistics): Cell[][] => [
  header,
  ...classes.flatMap(({ label, trueDetections, thresholds, fit, heldFrom }) =>
    thresholds.map((one): Cell[] => [
      ...[label, one.from, one.population, one.decided, one.right],
      ...[one.sample?.share ?? null, one.sample?.low ?? null, one.sample?.high ?? null],
      ...[one.precision.value, one.precision.low, one.precision.high],
      ...[trueDetections.value, trueDetections.low, trueDetections.high, precision],
      ...[fit?.threshold?.threshold ?? null, fit?.threshold?.low ?? null, fit?.threshold?.high ?? null],
      ...[heldFrom, fit?.intercept ?? null, fit?.slope ?? null],
    ]),
  ),
];

/** A benchmark as points: its runs one after another, and the device’s numbers over the reference’s. */
import type { TinyRecord } from '../../../main/contract/types.ts';
import { joulesEachOf, perSecondOf } from '../../../main/mlperf-tiny/contract/words.ts';
import type { Point } from '../../../models/report/plots/frame.ts';

export interface TinyPoints {
  title: string;
  x: string;
  y: string;
  points: readonly Point[];
  /** Of each point, for a person. */
  texts: readonly string[];
  /** Both axes alike, and a line where they agree. */
  same: boolean;
}

/** More points of a plot nobody tells apart. */
const mostPoints = 4000;

export function runPoints({ runs }: TinyRecord): TinyPoints[] {
  if (runs.length === 0) return [];
  const plot = (title: string, y: string, values: readonly number[]): TinyPoints => ({
    ...{ title, x: 'run', y, same: false },
    points: values.map((value, at): Point => [at + 1, value]),
    texts: runs.map(({ input }, at) => `run ${at + 1}, ${input}: ${values[at]!.toPrecision(4)}`),
  });
  const joules = runs.flatMap((run) => joulesEachOf(run) ?? []);
  return [
    plot('Speed of the runs', 'inferences a second', runs.map(perSecondOf)),
    ...(joules.length === runs.length
      ? [
          plot(
            'Energy of the runs',
            'µJ an inference',
            joules.map((one) => 1e6 * one),
          ),
        ]
      : []),
  ];
}

export function agreementPoints({ answers, agreement }: TinyRecord): TinyPoints[] {
  if (!agreement || agreement.largest === null) return [];
  const all = answers.flatMap(({ input, results, reference }) =>
    results && reference
      ? results.map((number, at) => ({ point: [reference[at]!, number] as Point, input, at }))
      : [],
  );
  const every = Math.ceil(all.length / mostPoints);
  const some = all.filter((_one, at) => at % every === 0);
  const title = every > 1 ? `Answers, every ${every}th of them` : 'Answers';
  return [
    {
      ...{ title, x: 'the reference’s', y: 'the device’s', same: true },
      points: some.map(({ point }) => point),
      texts: some.map(
        ({ input, at, point }) => `${input}, number ${at}: ${point[1]} and ${point[0].toFixed(4)}`,
      ),
    },
  ];
}

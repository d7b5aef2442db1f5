/** What is known of a capture, for a person. */
import { count, dateTime, span } from '../../../contract/figures.ts';
import type { Capture } from '../../../contract/types.ts';
import { amperesText } from '../../../instruments/contract/words.ts';
import type { Answer } from '../command.ts';
import { sizeText } from '../output.ts';

export function info(capture: Capture): Answer {
  const { lost, samples, samplesPerSecond, lostByTime, trigger } = capture;
  const facts: [string, string | null][] = [
    ['id', capture.id],
    ['state', capture.state],
    ['begins', capture.startedMs === null ? null : dateTime(capture.startedMs)],
    ['length', `${span((1000 * samples) / samplesPerSecond)}, ${count(samples, 'sample')}`],
    ['rate', `${count(samplesPerSecond, 'sample')} a second`],
    ['current', currentText(capture)],
    ['supply', capture.millivolts === null ? 'not told' : `${capture.millivolts} mV`],
    ['instrument', capture.mode === null ? null : `${capture.from}, as ${capture.mode} meter`],
    ['read from', capture.mode === null ? capture.from : null],
    ['lost', lost === 0 ? 'none' : `${count(lost, 'sample')}, ${lostByTime} of them told by time alone`],
    [
      'noise',
      capture.discardedBytes === 0 ? null : `${count(capture.discardedBytes, 'byte')} were no sample`,
    ],
    ['ranges', capture.mode === null ? null : `changed ${count(capture.rangeChanges, 'time')}`],
    [
      'uncalibrated',
      capture.uncalibrated.length === 0 ? null : `usual values stand for ${few(capture.uncalibrated)}`,
    ],
    ['trigger', trigger === null ? null : `at ${(trigger.atSample / samplesPerSecond).toFixed(5)} s`],
    ['on disk', sizeText(capture.bytes)],
    ['problem', capture.problem],
  ];
  const rows = facts.flatMap(([name, value]) => (value === null ? [] : [`${name.padEnd(14)}${value}`]));
  return { text: [capture.name, ...rows].join('\n'), json: capture };
}

function currentText({ least, mean, most, mode }: Capture): string | null {
  if (least === null || mean === null || most === null) return null;
  const [low, middle, high] = [least, mean, most].map(amperesText);
  return `${low} to ${high}, mean ${middle}${mode === null ? '' : ' (measured)'}`;
}

const few = (names: readonly string[]): string =>
  names.length > 5
    ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more constants`
    : names.join(', ');

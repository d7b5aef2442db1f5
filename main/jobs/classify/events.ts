/** Windows become detections: those of a class that touch, overlap or are close are one sound. */
import { argmax } from '../../../models/evaluation/probability.ts';
import type { ClassifySettings, Detection } from '../../contract/types.ts';
import type { Grid } from './contract/grid.ts';
import { windowEnd, windowStart } from './grid.ts';
import { probabilitiesOf, type Windows } from './windows.ts';

/** A detection before it is known of which file it is. */
export type FoundEvent = Omit<
  Detection,
  'jobId' | 'fileId' | 'number' | 'path' | 'channel' | 'atMs' | 'expert'
> & {
  /** Of the expert that answered at the peak, in the router's order. */
  place: number;
};

/**
 * A window is of a class where that is among its `topK` most probable and at or above the class's least probability.
 * Such windows, no further apart than the class's gap, make an event; one that is shorter than the class's least
 * length is left out. No two events of a class overlap.
 * @param labels of the classes
 * @returns by beginning, then by class
 */
export function eventsOf(
  windows: Windows,
  grid: Grid,
  settings: ClassifySettings,
  labels: readonly string[],
): FoundEvent[] {
  const open: (Run | null)[] = labels.map(() => null);
  const found: FoundEvent[] = [];
  const close = (classIndex: number): void => {
    const run = open[classIndex];
    open[classIndex] = null;
    const event = run && run.event(windows, labels[classIndex]!, grid);
    if (event && event.endS - event.startS >= leastOf(settings, event.label)) found.push(event);
  };
  for (let i = 0; i < windows.count; i++) {
    if (windows.heard[i] === 0) continue;
    const startS = windowStart(i, grid);
    const probabilities = probabilitiesOf(windows, i, labels.length);
    for (const classIndex of topClasses(probabilities, settings.topK)) {
      const label = labels[classIndex]!;
      const probability = probabilities[classIndex]!;
      if (probability < (settings.thresholds[label] ?? settings.threshold)) continue;
      const run = open[classIndex];
      const isClose = run && startS - windowEnd(run.last, grid) <= (settings.gaps[label] ?? settings.gapS);
      if (!isClose) close(classIndex);
      (open[classIndex] ??= new Run(classIndex, i)).add(i, probability);
    }
  }
  labels.forEach((_, classIndex) => close(classIndex));
  return found.sort((a, b) => a.startS - b.startS || a.classIndex - b.classIndex);
}

const leastOf = (settings: ClassifySettings, label: string): number =>
  settings.leasts[label] ?? settings.leastS;

class Run {
  last: number;
  private sum = 0;
  private windows = 0;
  private calls = 0;
  private peak = -1;
  private peakAt = 0;

  constructor(
    private readonly classIndex: number,
    private readonly first: number,
  ) {
    this.last = first;
  }

  add(window: number, probability: number): void {
    if (this.windows === 0 || window !== this.last + 1) this.calls++;
    this.last = window;
    this.sum += probability;
    this.windows++;
    if (probability <= this.peak) return;
    this.peak = probability;
    this.peakAt = window;
  }

  event(of: Windows, label: string, grid: Grid): FoundEvent {
    const { classIndex, first, last, sum, windows, calls, peak, peakAt } = this;
    return {
      ...{ classIndex, label, windows, calls, peak },
      startS: windowStart(first, grid),
      endS: windowEnd(last, grid),
      confidence: sum / windows,
      peakS: windowStart(peakAt, grid),
      place: of.place[peakAt]!,
      curiosity: of.curiosity[peakAt]!,
      entropy: of.entropy[peakAt]!,
    };
  }
}

/** The k most probable classes; of equals the first. */
function topClasses(probabilities: Float32Array, k: number): number[] {
  if (k === 1) return [argmax(probabilities)];
  const order = Array.from(probabilities, (_, c) => c);
  order.sort((a, b) => probabilities[b]! - probabilities[a]! || a - b);
  return order.slice(0, k);
}

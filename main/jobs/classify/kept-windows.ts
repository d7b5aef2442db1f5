/** Which windows are kept beside the detections. */
import { argmax } from '../../../models/evaluation/probability.ts';
import type { ClassifySettings, KeptWindow } from '../../contract/types.ts';
import type { Grid } from './contract/grid.ts';
import { windowStart } from './grid.ts';
import { probabilitiesOf, type Windows } from './windows.ts';

/** @param labels of the classes */
export function keptWindows(
  windows: Windows,
  grid: Grid,
  settings: ClassifySettings,
  labels: readonly string[],
): Omit<KeptWindow, 'fileId' | 'channel'>[] {
  if (settings.keep === 'none') return [];
  const all: Omit<KeptWindow, 'fileId' | 'channel'>[] = [];
  for (let window = 0; window < windows.count; window++) {
    if (windows.heard[window] === 0) continue;
    const probabilities = probabilitiesOf(windows, window, labels.length);
    const classIndex = argmax(probabilities);
    const probability = probabilities[classIndex]!;
    const least = settings.thresholds[labels[classIndex]!] ?? settings.threshold;
    if (settings.keep === 'above' && probability < least) continue;
    all.push({
      ...{ window, classIndex, probability, place: windows.place[window]! },
      ...{ curiosity: windows.curiosity[window]!, entropy: windows.entropy[window]! },
    });
  }
  return settings.keep === 'bestPerMinute' ? bestPerMinute(all, grid) : all;
}

/** The most probable window of those that begin in each minute; of equals the first. */
function bestPerMinute<T extends { window: number; probability: number }>(all: T[], grid: Grid): T[] {
  const best = new Map<number, T>();
  for (const one of all) {
    const minute = Math.floor(windowStart(one.window, grid) / 60);
    const before = best.get(minute);
    if (!before || one.probability > before.probability) best.set(minute, one);
  }
  return [...best.values()];
}

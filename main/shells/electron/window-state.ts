/** Where the window was when it was last closed, and whether that place still exists. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Rectangle } from 'electron';
import * as v from 'valibot';

const pixels = v.pipe(v.number(), v.integer(), v.minValue(-100_000), v.maxValue(100_000));
const size = v.pipe(pixels, v.minValue(1));
const windowState = v.object({ x: pixels, y: pixels, width: size, height: size, maximized: v.boolean() });
export type WindowState = v.InferOutput<typeof windowState>;

export interface Placement {
  /** Both absent: the system chooses, in the middle of the screen. */
  x?: number;
  y?: number;
  width: number;
  height: number;
  maximized: boolean;
}

export const smallest = { width: 900, height: 600 };
const usual = { width: 1360, height: 860, maximized: false };
/** As much of the title bar must lie on a screen that the window can be taken hold of. */
const grip = { width: 120, height: 24 };

/**
 * A window that is never larger than its screen nor out of reach.
 * @param saved what was kept; anything that is no window state counts as nothing
 * @param workAreas of the screens that are there now, the primary one first; device-independent pixels
 */
export function placeWindow(saved: unknown, workAreas: readonly Rectangle[]): Placement {
  const checked = v.safeParse(windowState, saved);
  const state = checked.success ? checked.output : null;
  if (state) {
    for (const area of workAreas) {
      const size = fit(state, area);
      if (isReachable({ x: state.x, y: state.y, ...size }, area)) return { ...state, ...size };
    }
  }
  const { maximized } = state ?? usual;
  return { ...fit(state ?? usual, workAreas[0]), maximized };
}

type Size = Pick<Rectangle, 'width' | 'height'>;

function fit(wanted: Size, area: Size = wanted): Size {
  return {
    width: Math.max(smallest.width, Math.min(wanted.width, area.width)),
    height: Math.max(smallest.height, Math.min(wanted.height, area.height)),
  };
}

function isReachable(window: Rectangle, area: Rectangle): boolean {
  const across = Math.min(window.x + window.width, area.x + area.width) - Math.max(window.x, area.x);
  const below = window.y - area.y;
  return across >= grip.width && below >= 0 && below + grip.height <= area.height;
}

const stateFile = (dataFolder: string): string => join(dataFolder, 'window.json');

/** @returns null when nothing was kept or it cannot be read: a window opens all the same */
export function readWindowState(dataFolder: string): unknown {
  try {
    return JSON.parse(readFileSync(stateFile(dataFolder), 'utf8'));
  } catch {
    return null;
  }
}

/** Whole or not at all. A disk that refuses it costs the person a window position, nothing more. */
export function keepWindowState(dataFolder: string, state: WindowState): void {
  const file = stateFile(dataFolder);
  try {
    writeFileSync(`${file}.new`, JSON.stringify(state), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  } catch {
    return;
  }
}

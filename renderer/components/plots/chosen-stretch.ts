import type uPlot from 'uplot';

/** Narrower, in pixels, is a click. */
const least = 5;

/** For uPlot's `setSelect`: tells which stretch of x the pointer chose, and clears the choice. */
export const chosenStretch =
  (onChosen: (from: number, to: number) => void) =>
  (u: uPlot): void => {
    const { left, width } = u.select;
    if (width < least) return;
    onChosen(u.posToVal(left, 'x'), u.posToVal(left + width, 'x'));
    u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  };

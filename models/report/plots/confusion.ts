import type { Model } from '../cost.ts';
import { markup, type Markup } from '../markup.ts';
import { at, figure } from './frame.ts';

/** Room for class names, and the longest that fits it. */
const margin = 108;
const longestName = 16;

/** With more classes than this a matrix takes the page's whole width. */
const mostInColumn = 16;

/** Below this a count no longer fits its cell. */
const leastForCounts = 13;

/** Clips by true class (rows) and answer (columns); the shade is the share of the true class. */
export function confusionPlot({ name, scores: { confusion } }: Model, classes: readonly string[]): Markup {
  const wide = classes.length > mostInColumn;
  const width = wide ? 900 : 360;
  const cell = Math.min(40, (width - margin - 4) / classes.length);
  const side = cell * classes.length;
  const cells = confusion.flatMap((row, truth) => {
    const total = row.reduce((sum, clips) => sum + clips, 0);
    return row.map((clips, answer) =>
      clips === 0 ? null : square({ clips, total, truth, answer, cell, classes }),
    );
  });
  return figure(
    `Confusion of ${name}`,
    markup`<svg class="confusion" viewBox="0 0 ${width} ${at(side + margin)}" role="img" aria-label="Confusion of ${name}">
<rect class="ground" x="${margin}" y="4" width="${at(side)}" height="${at(side)}"/>
${cells}
${classes.map((label, i) => names(label, i, cell, side))}
</svg>`,
    [],
    'Rows are true classes, columns answers; clips of all folds, once for each seed.',
    wide,
  );
}

function names(label: string, i: number, cell: number, side: number): Markup {
  const text = label.length > longestName ? `${label.slice(0, longestName - 1)}…` : label;
  const middle = at(4 + (i + 0.5) * cell);
  const across = at(margin + (i + 0.5) * cell);
  const size = at(Math.min(10.5, cell * 0.9));
  return markup`<text font-size="${size}" x="${margin - 5}" y="${middle}" dy="0.35em" text-anchor="end">${text}</text>
<text font-size="${size}" transform="translate(${across} ${at(side + 10)}) rotate(-90)" dy="0.35em" text-anchor="end">${text}</text>
`;
}

function square(entry: {
  clips: number;
  total: number;
  truth: number;
  answer: number;
  cell: number;
  classes: readonly string[];
}): Markup {
  const { clips, total, truth, answer, cell, classes } = entry;
  const [x, y] = [margin + answer * cell, 4 + truth * cell];
  const share = clips / total;
  const shade = (0.15 + 0.85 * share).toFixed(2);
  const count =
    cell < leastForCounts
      ? null
      : markup`<text class="${share > 0.5 ? 'on-shade' : ''}" x="${at(x + cell / 2)}" y="${at(y + cell / 2)}" dy="0.35em" text-anchor="middle">${clips}</text>`;
  return markup`<g><title>${classes[truth]!} taken for ${classes[answer]!}: ${clips}</title><rect class="${truth === answer ? 'right' : 'wrong'}" fill-opacity="${shade}" x="${at(x)}" y="${at(y)}" width="${at(cell)}" height="${at(cell)}"/>${count}</g>
`;
}

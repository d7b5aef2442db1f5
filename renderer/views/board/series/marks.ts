/** Events drawn over a chart: a line with a letter at its head; a gap is a band from where it began. */
import type uPlot from 'uplot';
import type { TimelineEvent, TimelineGroup } from '../../../../main/contract/types.ts';
import { tokenColour } from '../../../design/colour.ts';

/** What stands at the head of an event's line. */
export const groupLetters: Record<TimelineGroup, string> = {
  changes: 'D',
  starts: 'R',
  records: 'G',
  clock: 'C',
  visits: 'V',
  connection: 'T',
  rest: 'N',
};

const tokenOf = ({ level }: TimelineEvent): string =>
  level === 'error' ? '--bad' : level === 'warning' ? '--warn' : '--accent';

/** Heads closer than this stand over each other and are left out, in pixels of the page. */
const headPixels = 11;
const nearPixels = 5;

/** Into the canvas of a chart whose times are milliseconds. */
export function drawMarks(u: uPlot, events: readonly TimelineEvent[]): void {
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio;
  const colours = new Map(
    ['--bad', '--warn', '--accent', '--warn-wash', '--panel'].map((one) => [one, tokenColour(one)]),
  );
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.font = `600 ${9 * ratio}px sans-serif`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  let lastHead = -Infinity;
  for (const event of events) {
    const colour = colours.get(tokenOf(event))!;
    const left = u.valToPos(event.fromMs, 'x', true);
    const right = u.valToPos(event.toMs, 'x', true);
    if (right < bbox.left || left > bbox.left + bbox.width) continue;
    if (right - left > ratio) {
      ctx.globalAlpha = 0.6;
      ctx.fillStyle = colours.get('--warn-wash')!;
      ctx.fillRect(left, bbox.top, right - left, bbox.height);
      ctx.globalAlpha = 1;
    }
    ctx.strokeStyle = colour;
    ctx.lineWidth = ratio;
    ctx.setLineDash([3 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(right, bbox.top);
    ctx.lineTo(right, bbox.top + bbox.height);
    ctx.stroke();
    if (right - lastHead < headPixels * ratio) continue;
    lastHead = right;
    ctx.fillStyle = colour;
    ctx.beginPath();
    ctx.arc(right, bbox.top + 6 * ratio, 6 * ratio, 0, 2 * Math.PI);
    ctx.fill();
    ctx.fillStyle = colours.get('--panel')!;
    ctx.fillText(groupLetters[event.group], right, bbox.top + 6.5 * ratio);
  }
  ctx.restore();
}

/** Those that lie at a place of a chart, or last over it, as many as words fit. @param toPixel where a time is drawn */
export function eventsAt(
  events: readonly TimelineEvent[],
  pixel: number,
  toPixel: (ms: number) => number,
): TimelineEvent[] {
  return events.filter(
    ({ fromMs, toMs }) => toPixel(fromMs) - nearPixels <= pixel && toPixel(toMs) + nearPixels >= pixel,
  );
}

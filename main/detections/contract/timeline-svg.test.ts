import { describe, expect, it } from 'vitest';
import type { TimelineDay } from './rows.ts';
import { timelineSvg } from './timeline-svg.ts';

const days: TimelineDay[] = [
  {
    day: '2026-05-02',
    hours: [
      { hour: 23, recordedS: 1800, detections: { curlew: 3, 'rain & “hail” <wet>': 1 } },
      { hour: 0, recordedS: 3600, detections: {} },
    ],
  },
  { day: '2026-05-05', hours: [{ hour: 12, recordedS: 60, detections: { curlew: 1 } }] },
];

/** The cells of a drawing, by what is told of them. */
function cellsOf(svg: string) {
  const rect =
    /<rect x="(\d+)" y="(\d+)" width="\d+" height="\d+" fill="([^"]+)"[^>]*><title>([^<]*)<\/title>/g;
  return [...svg.matchAll(rect)].map(([, x, y, fill, told]) => ({ x: Number(x), y: Number(y), fill, told }));
}

/** The texts of a document, read as XML is: every element is closed in its turn, and no sign stands for itself that may not. */
function textsOf(svg: string): string[] {
  const open: string[] = [];
  const texts: string[] = [];
  const signs: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' };
  const rest = svg.replaceAll(
    /<(\/?)(\w+)((?: [\w-]+="[^"<]*")*)(\/?)>|([^<]+)/g,
    (_, end, name, _attributes, alone, text) => {
      if (text !== undefined) {
        expect(text.replaceAll(/&(amp|lt|gt|quot);/g, '')).not.toContain('&');
        texts.push((text as string).replaceAll(/&(\w+);/g, (_sign, word: string) => signs[word]!));
      } else if (end) expect(open.pop()).toBe(name);
      else if (!alone) open.push(name as string);
      return '';
    },
  );
  expect([rest, open]).toEqual(['', []]);
  return texts;
}

describe('a timeline, drawn', () => {
  it('has a cell for each recorded hour, pale where nothing was detected, and none where nothing was recorded', () => {
    const cells = cellsOf(timelineSvg(days, { by: 'day', label: null, title: 'All' }));
    expect(cells.map(({ told }) => told)).toEqual([
      '2026-05-02 23:00: 4 detections in 30 min recorded',
      '2026-05-02 00:00: 0 detections in 60 min recorded',
      '2026-05-05 12:00: 1 detection in 1 min recorded',
    ]);
    expect(new Set(cells.map(({ fill }) => fill)).size).toBe(3);
    expect(cells[0]!.fill).not.toBe(cells[2]!.fill);
  });

  it('keeps a place for days without a recording, and puts midnight in the middle of a night', () => {
    const [late, midnight, noon] = cellsOf(timelineSvg(days, { by: 'night', label: null, title: '' }));
    expect(midnight!.x - late!.x).toBe(noon!.x + 24 * 12 - late!.x);
    expect(midnight!.y).toBe(late!.y);
    expect(noon!.y - late!.y).toBe(3 * 18);
    const [first, second] = cellsOf(timelineSvg(days, { by: 'day', label: null, title: '' }));
    expect(first!.x - second!.x).toBe(23 * 24);
  });

  it('tells every colour, so that it looks the same wherever it is drawn', () => {
    const svg = timelineSvg(days, { by: 'day', label: null, title: 'All' });
    for (const [, colour] of svg.matchAll(/(?:fill|stroke)="([^"]*)"/g))
      expect(colour).toMatch(/^(#[0-9a-f]{6}|none)$/);
    for (const [text] of svg.matchAll(/<text [^>]*>/g)) expect(text).toMatch(/fill="#\w+" stroke="none"/);
    expect(svg).toMatch(/<rect width="\d+" height="\d+" fill="#ffffff"\/>/);
  });

  it('counts one class alone', () => {
    const cells = cellsOf(timelineSvg(days, { by: 'day', label: 'rain & “hail” <wet>', title: '' }));
    expect(cells.map(({ told }) => told!.split(': ')[1]!.split(' ')[0])).toEqual(['1', '0', '0']);
  });

  it('is well-formed whatever it is called, and when nothing was recorded', () => {
    for (const of of [days, []]) {
      const svg = timelineSvg(of, { by: 'day', label: null, title: 'a & b <“c”> "d"' });
      expect(textsOf(svg)).toContain('a & b <“c”> "d"');
    }
  });
});

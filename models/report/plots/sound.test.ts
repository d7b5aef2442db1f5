import { expect, test } from 'vitest';
import { soundPlot, type HeardStretch } from './sound.ts';

const heard: HeardStretch = {
  ...{ startS: 2, seconds: 4, highestHz: 8000 },
  wave: [
    [-0.5, 0.5],
    [0, 0],
  ],
  ...{ columns: 3, bands: 2 },
  // Loud in the lower band all along, in the upper one in the last column alone.
  levels: Uint8Array.of(200, 0, 200, 0, 200, 200),
};

test('a sound is drawn as paths, one for each shade, in runs along time', () => {
  const { text } = soundPlot('A <sound>', heard, [], '');
  expect(text).toContain('d="M0 1h3v1h-3zM2 0h1v1h-1z"');
  expect(text).toContain('d="M0 50h1v100h-1zM1 100h1v1h-1z"');
  expect(text).toContain('A &lt;sound&gt;');
  expect(text).not.toMatch(/<img|<image|data:|style=/);
});

test('what is pointed at is marked where it lies, and not beyond the stretch', () => {
  const marks = (startS: number, endS: number) =>
    [
      ...soundPlot('a', heard, [{ startS, endS }], '').text.matchAll(
        /<rect [^>]*x="([\d.]+)"[^>]*width="([\d.]+)"/g,
      ),
    ].map(([, x, width]) => [Number(x), Number(width)]);
  expect(marks(3, 4)).toEqual([[247, 201]]);
  expect(marks(0, 3)).toEqual([[46, 201]]);
  expect(marks(7, 8)).toEqual([]);
});

test('silence is drawn as a line without shades', () => {
  const { text } = soundPlot('a', { ...heard, levels: new Uint8Array(6) }, [], '');
  expect(text.match(/class="sound"/g)).toHaveLength(1);
});

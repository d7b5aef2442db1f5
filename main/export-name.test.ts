import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exportName, shortened } from './export-name.ts';

const atMs = Date.UTC(2026, 10, 27, 13, 3, 5);

describe('the name of an export', () => {
  it('says what it holds, of what, by what, and when', () => {
    expect(exportName(['detections', 'site A', 'esc10-q4'], atMs, '.csv')).toBe(
      'detections_site-A_esc10-q4_2026-11-27T13-03-05Z.csv',
    );
    expect(exportName(['detections', 'Küste.WAV'], atMs, '.selections.txt')).toBe(
      'detections_Küste.WAV_2026-11-27T13-03-05Z.selections.txt',
    );
  });

  it('holds nothing that a file system or a shell takes for something else', () => {
    const bad = ['..', '-rf', 'a:b/c\\d?"<>|', '\u0000\n\t', '$(x) `y`', '', 'x'.repeat(300), '🐦'];
    const name = exportName(['telemetry', ...bad], atMs, '.csv');
    expect(name).toMatch(/^[\p{L}\p{N}._-]+$/u);
    expect(name).toBe(`telemetry_rf_a-b-c-d_x-y_${'x'.repeat(60)}_2026-11-27T13-03-05Z.csv`);
  });

  it('fits into what a file’s name may have, in any script, with no character cut in two', () => {
    for (const letter of ['x', 'ß', '鳥', '𝔘']) {
      const name = exportName(
        ['detections', letter.repeat(300), letter.repeat(300)],
        atMs,
        '.selections.txt',
      );
      expect(Buffer.byteLength(name)).toBeLessThan(255);
      expect(Buffer.from(name).toString()).toBe(name);
    }
  });
});

it('a name that is too long keeps its beginning and its end', () => {
  expect(shortened('Pond_20261127_140300', 20)).toBe('Pond_20261127_140300');
  expect(shortened('A long folder_Pond_20261127_140300', 23)).toBe('A long …261127_140300');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 12, max: 60 }), (name, most) => {
      const short = shortened(name, most);
      expect(Buffer.byteLength(short)).toBeLessThanOrEqual(most);
      expect(Buffer.from(short).toString()).toBe(short);
      const [beginning = '', end = ''] = short === name ? [name, ''] : short.split(/…(?=[^…]*$)/);
      expect(name.startsWith(beginning)).toBe(true);
      expect(name.endsWith(end)).toBe(true);
    }),
  );
});

import { describe, expect, it } from 'vitest';
import { exportName } from './export-name.ts';

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
    expect(name).toBe(`telemetry_rf_a-b-c-d_x-y_${'x'.repeat(40)}_2026-11-27T13-03-05Z.csv`);
  });
});

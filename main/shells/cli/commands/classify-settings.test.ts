import { describe, expect, test } from 'vitest';
import { settingsOf } from './classify-settings.ts';

describe('the settings of a classification on the command line', () => {
  test('are those that were given, and nothing else', () => {
    expect(settingsOf({})).toEqual({});
    expect(
      settingsOf({
        ...{ threshold: '0.3', hop: '24', channel: 'each', 'high-pass': '120.5', 'top-k': '2', keep: 'all' },
        ...{ gap: '1.5', shortest: '2', copies: true, 'time-zone': '-03:30', sites: '/card/sites.csv' },
        'class-threshold': ['dog=0.7', 'a=b=0.1'],
        'class-gap': ['dog=3'],
        'class-shortest': ['rain=4'],
      }),
    ).toEqual({
      ...{ threshold: 0.3, hopFrames: 24, channel: 'each', highPassHz: 120.5, topK: 2, keep: 'all' },
      ...{ gapS: 1.5, leastS: 2, skipCopies: false, thresholds: { dog: 0.7, 'a=b': 0.1 } },
      ...{ gaps: { dog: 3 }, leasts: { rain: 4 }, timeZone: '-03:30', sites: '/card/sites.csv' },
    });
    expect(settingsOf({ channel: '1' })).toEqual({ channel: 0 });
    expect(settingsOf({ channel: '64' })).toEqual({ channel: 63 });
  });

  test.each([
    { threshold: '1.1' },
    { threshold: 'half' },
    { 'class-threshold': ['dog'] },
    { 'class-threshold': ['=0.5'] },
    { 'class-gap': ['dog='] },
    { 'time-zone': 'Berlin' },
    { channel: '0' },
    { channel: '65' },
    { channel: 'left' },
    { 'high-pass': '8000' },
    { gap: '-1' },
  ])('are refused where they cannot be: %o', (options) => {
    expect(() => settingsOf(options)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
  });
});

import { describe, expect, it } from 'vitest';
import { behindName, precisionOf, testedOn } from './words.ts';

describe('words for what the contract holds', () => {
  it('call a precision by the field’s word, never by a fraction of a bit', () => {
    expect(
      ([1, 16, 32, 'ternary', 'static8'] as const).map((precision) => precisionOf({ precision })),
    ).toEqual(['1-bit', '16-bit', 'float', 'ternary', '8-bit PTQ']);
    expect(precisionOf({ precision: 'ternary-activations' })).toBe('ternary, popcount');
  });

  it('say an expert’s precision once, whether its name does or not', () => {
    const expert = { bits: 4, ternary: false, version: 2 };
    expect(behindName({ ...expert, name: 'ESC-10 4-bit' })).toBe('version 2');
    expect(behindName({ ...expert, name: 'dawn' })).toBe('4-bit, version 2');
  });

  it('say of an accuracy which clips it is of, as far as the bank says', () => {
    expect(
      [
        [4, 80],
        [0, 1],
        [2, null],
        [null, 60],
        [null, null],
      ].map(([heldOutFold, testedClips]) =>
        testedOn({ heldOutFold: heldOutFold!, testedClips: testedClips! }),
      ),
    ).toEqual(['fold 4, 80 clips', 'fold 0, 1 clip', 'fold 2', '60 validation clips', 'validation clips']);
  });
});

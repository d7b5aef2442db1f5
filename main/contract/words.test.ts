import { describe, expect, it } from 'vitest';
import { precisionOf, testedOn } from './words.ts';

describe('words for what the contract holds', () => {
  it('call a precision by the field’s word, never by a fraction of a bit', () => {
    expect(
      ([1, 16, 32, 'ternary', 'static8'] as const).map((precision) => precisionOf({ precision })),
    ).toEqual(['1-bit', '16-bit', 'float', 'ternary', '8-bit PTQ']);
    expect(precisionOf({ precision: 'ternary-activations' })).toBe('ternary, popcount');
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

import { describe, expect, test } from 'vitest';
import { sealed, uncertainFixture as fixture } from './test-uncertain.ts';
import {
  logMelOf,
  readUncertain,
  readUncertainHeads,
  uncertainBytes,
  type UncertainWindow,
} from './uncertain-window.ts';

const error = (code: string) => expect.objectContaining({ code }) as unknown;
const thrownBy = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (thrown) {
    return thrown;
  }
};

describe('an uncertain window of a board', () => {
  test('is read whole', () => {
    const { codes, bytes, ...window } = readUncertain(fixture());
    expect(window).toMatchObject({
      ...{ id: 7, bootId: 0xfedc_ba98, sequence: 1234, uptimeMs: 5e9, wallMs: 1_780_000_000_000 },
      ...{ entropy: 1.5, curiosity: 0.25, topProbability: 0.375, classIndex: 2, place: 1 },
      ...{ expert: 'abcd000000000000', offset: -2.5, scale: 32, classes: 3, ofEncoder: true },
    });
    expect([...window.logits]).toEqual([0.5, -1, 2]);
    expect([codes.length, codes[0], codes[1]]).toEqual([6144, 127, -127]);
    expect(bytes).toEqual(fixture());
    const logMel = logMelOf({ codes, ...window } as UncertainWindow);
    expect([logMel[0], logMel[1]]).toEqual([-2.5 + 127 / 32, -2.5 - 127 / 32]);
  });

  test('has no time of day where its board knew none', () => {
    const bytes = fixture();
    bytes.fill(0, 24, 32);
    expect(readUncertain(sealed(bytes)).wallMs).toBeNull();
  });

  test('is refused with any byte damaged, and at any other length', () => {
    const whole = fixture();
    for (let at = 0; at < uncertainBytes; at += at < 400 ? 1 : 61) {
      const bytes = whole.slice();
      bytes[at]! ^= 16;
      const code = at === 47 ? 'BOARD_FIRMWARE' : 'BOARD_BAD_REPLY';
      expect([at, thrownBy(() => readUncertain(bytes))]).toEqual([at, error(code)]);
    }
    for (const length of [0, 127, 128, uncertainBytes - 1])
      expect(thrownBy(() => readUncertain(whole.slice(0, length)))).toEqual(error('BOARD_BAD_REPLY'));
  });

  test.each<[string, number, number[]]>([
    ['no class', 64, [0, 0]],
    ['more classes than a board has', 64, [65, 0]],
    ['a class beyond its own', 44, [3, 0]],
    ['no scale', 60, [0, 0, 0, 0]],
    ['an endless scale', 60, [0, 0, 0x80, 0x7f]],
    ['an offset that is no number', 56, [0, 0, 0xc0, 0x7f]],
    ['an entropy that is no number', 32, [0, 0, 0xc0, 0x7f]],
    ['an uptime of centuries', 16, [255, 255, 255, 255, 255, 255, 255, 255]],
  ])('is refused with %s, whatever its checksum says', (_what, at, value) => {
    const bytes = fixture();
    bytes.set(value, at);
    expect(thrownBy(() => readUncertain(sealed(bytes)))).toEqual(error('BOARD_BAD_REPLY'));
  });

  test('is told by its header in a list, of firmware whose headers are longer, too', () => {
    const head = fixture().slice(0, 128);
    const longer = Uint8Array.from([...head, 1, 2, 3, 4]);
    const two = Uint8Array.from([...longer, ...longer]);
    expect(readUncertainHeads(two, 132)).toHaveLength(2);
    expect(readUncertainHeads(two, 132)[1]).toMatchObject({ id: 7, sequence: 1234 });
    expect(readUncertainHeads(new Uint8Array(0), 128)).toEqual([]);
    expect(thrownBy(() => readUncertainHeads(two, 128))).toEqual(error('BOARD_BAD_REPLY'));
    expect(thrownBy(() => readUncertainHeads(head, 64))).toEqual(error('BOARD_BAD_REPLY'));
  });
});

import { expect, test } from 'vitest';
import { FileNames } from './file-names.ts';

test('a recording’s file is named after its folders below what was classified, and each but once', () => {
  const names = new FileNames(['/card']);
  expect(
    ['/card/Pond/a.wav', '/card/Pond/A.WAV', '/card/b.flac', '/other/c.wav'].map((path) => names.of(path)),
  ).toEqual(['Pond_a', 'Pond_A-2', 'b', 'c']);
});

test('names that differ in nothing but how their accents are composed stay apart', () => {
  const names = new FileNames(['/card']);
  const [composed, apart] = ['\u00e9', 'e\u0301'];
  expect([`/card/${composed}.ogg`, `/card/${apart}.ogg`].map((path) => names.of(path))).toEqual([
    composed,
    `${apart}-2`,
  ]);
});

test('names as long as a file system has them leave room for what is told behind them, and stay apart', () => {
  const names = new FileNames(['/card']);
  const long = (last: string) => `/card/${'ä'.repeat(100)}/${'鳥'.repeat(80)}${last}.wav`;
  const found = ['_1', '_2', '_2'].map((last) => names.of(long(last)));
  expect(new Set(found).size).toBe(3);
  for (const name of found)
    expect(Buffer.byteLength(`${name}_86399.999999s_channel64_0.999-1000.wav`)).toBeLessThan(256);
  expect(found[0]).toMatch(/^ä+…鳥+_1$/);
});

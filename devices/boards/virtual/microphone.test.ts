import { expect, test } from 'vitest';
import { LoopingMicrophone } from './microphone.ts';

const clip = Int16Array.from({ length: 1000 }, (_, i) => i);

test('samples come at 16 kHz and the clip goes round', () => {
  let now = 5;
  const microphone = new LoopingMicrophone(clip, () => now);
  const samples = new Int16Array(4000);
  expect(microphone.read(samples)).toBe(0);
  now += 125;
  expect(microphone.read(samples.subarray(0, 500))).toBe(500);
  expect(microphone.read(samples.subarray(500))).toBe(1500);
  expect([...samples.subarray(0, 2000)]).toEqual(Array.from({ length: 2000 }, (_, i) => i % 1000));
  expect(microphone.read(samples)).toBe(0);
});

test('a read of nothing tells how many samples wait', () => {
  let now = 0;
  const microphone = new LoopingMicrophone(clip, () => now);
  now = 125;
  expect(microphone.read(new Int16Array(0))).toBe(2000);
  expect(microphone.read(new Int16Array(500))).toBe(500);
  expect(microphone.read(new Int16Array(0))).toBe(1500);
  now = 10_000;
  expect(microphone.read(new Int16Array(0))).toBe(32_000);
});

test('what nobody reads for two seconds is lost, and the clip goes on in step', () => {
  let now = 0;
  const microphone = new LoopingMicrophone(clip, () => now);
  now = 10_000;
  const samples = new Int16Array(1);
  expect(microphone.read(samples)).toBe(1);
  expect(samples[0]).toBe((160_000 - 32_000) % 1000);
});

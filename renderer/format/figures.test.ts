import { describe, expect, it } from 'vitest';
import { ago, baseName, bytes, clock, duration, energy, inOne, tiny } from './figures.ts';

describe('figures', () => {
  it('take the unit that leaves one to three digits before the point', () => {
    expect(inOne(duration(0))).toBe('0 µs');
    expect(inOne(duration(999))).toBe('999 µs');
    expect(inOne(duration(1000))).toBe('1.00 ms');
    expect(inOne(duration(41_237))).toBe('41.2 ms');
    expect(inOne(energy(1_234_000))).toBe('1.23 mJ');
    expect(inOne(bytes(999))).toBe('999 B');
    expect(inOne(bytes(253_248))).toBe('253 kB');
  });

  it('show a position to the tenth of a second and carry into minutes and hours', () => {
    expect(clock(59.94)).toBe('0:59.9');
    expect(clock(59.96)).toBe('1:00.0');
    expect(clock(3600)).toBe('1:00:00');
    expect(clock(7325)).toBe('2:02:05');
  });

  it('keep small differences readable', () => {
    expect(tiny(0)).toBe('0');
    expect(tiny(0.01234)).toBe('0.012');
    expect(tiny(0.0000004)).toBe('4.0e-7');
  });

  it('say roughly how long ago', () => {
    expect(ago(1000, 1500)).toBe('now');
    expect(ago(0, 30_000)).toBe('30 s ago');
    expect(ago(0, 7_200_000)).toBe('2 h ago');
  });

  it('name a file by the last part of its path, as the system it is of parts paths', () => {
    expect(baseName('/a/b/DAWN.WAV')).toBe('DAWN.WAV');
    expect(baseName('C:\\field\\dawn.wav')).toBe('dawn.wav');
    expect(baseName('/a/b\\c.wav')).toBe('b\\c.wav');
  });
});

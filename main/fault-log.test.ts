import { existsSync, mkdtempSync, readFileSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { CurlewError, toCurlewError } from './contract/error.ts';
import { faultLog } from './fault-log.ts';

const root = mkdtempSync(join(tmpdir(), 'curlew-faults-'));
afterAll(() => rm(root, { recursive: true, force: true }));

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(root, 'data-'))));
const fault = (thrown: unknown, where: string | null = null) => ({ thrown, where, ending: false });

describe('the log of faults', () => {
  it('keeps the stack, its cause and where it was, for its owner alone', () => {
    const faults = faultLog(folder, '1.2.3');
    const error = toCurlewError(new RangeError('too deep'));
    const sentence = faults.write(fault(error, 'virtual:one'));
    expect(sentence).toContain('virtual:one');
    expect(sentence).toContain(faults.path);
    const text = readFileSync(faults.path, 'utf8');
    expect(text).toMatch(/^\d{4}-\d\d-\d\dT.* Curlew 1\.2\.3, virtual:one\n/);
    expect(text).toContain('RangeError: too deep');
    expect(text).toContain('fault-log.test.ts');
    expect(statSync(faults.path).mode & 0o077).toBe(0);
  });

  it('counts the same fault rather than writing it again', () => {
    const faults = faultLog(folder, '1');
    const same = new Error('again');
    expect(faults.write(fault(same))).not.toBeNull();
    for (let i = 0; i < 4; i++) expect(faults.write(fault(same))).toBeNull();
    expect(faults.write(fault(new Error('another')))).not.toBeNull();
    expect(readFileSync(faults.path, 'utf8')).toContain('befell 4 times more');
  });

  it('holds no more than its bound, and the file before it', () => {
    const faults = faultLog(folder, '1');
    for (let i = 0; i < 100; i++) faults.write(fault(new Error(`${i} ${'x'.repeat(30_000)}`)));
    const [now, before] = [faults.path, `${faults.path}.before`].map((path) => statSync(path).size);
    expect(now! + before!).toBeLessThanOrEqual(2 * 512 * 1024);
    expect(before!).toBeGreaterThan(256 * 1024);
  });

  it('says so where it cannot be written, and throws nothing', () => {
    const faults = faultLog(join(folder, 'absent'), '1');
    expect(faults.write(fault(new CurlewError('INTERNAL', 'lost')))).toContain('could not be written');
    expect(existsSync(faults.path)).toBe(false);
  });
});

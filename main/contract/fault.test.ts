import { afterEach, describe, expect, it, vi } from 'vitest';
import { reportFault, takeFaults, tellAll, type Fault } from './fault.ts';

const leave: (() => void)[] = [];
afterEach(() => leave.splice(0).forEach((end) => end()));

function taken(): Fault[] {
  const faults: Fault[] = [];
  leave.push(takeFaults((fault) => faults.push(fault)));
  return faults;
}

describe('a listener that throws', () => {
  it('keeps no other from being told, and is reported with where it was', () => {
    const faults = taken();
    const told = vi.fn();
    const thrown = new Error('listener');
    const broken = (): void => {
      throw thrown;
    };
    expect(tellAll([broken, told], 'virtual:one', 1, 'two')).toBe(false);
    expect(told.mock.calls).toEqual([[1, 'two']]);
    expect(faults).toEqual([{ thrown, where: 'virtual:one', ending: false }]);
    expect(tellAll([told], null, 2, 'three')).toBe(true);
  });

  it('may take itself and others away while they are told', () => {
    const listeners = new Set<() => void>();
    const told = vi.fn(() => listeners.clear());
    listeners.add(told);
    listeners.add(told);
    expect(tellAll(listeners, null)).toBe(true);
    expect(told).toHaveBeenCalledOnce();
  });
});

describe('a fault', () => {
  it('is told to everyone who takes faults, until they leave', () => {
    const [first, second] = [taken(), taken()];
    expect(reportFault('one', null)).toBe(true);
    leave.shift()!();
    reportFault('two', 'a board', true);
    expect(first.map(({ thrown }) => thrown)).toEqual(['one']);
    expect(second.map(({ thrown, ending }) => [thrown, ending])).toEqual([
      ['one', false],
      ['two', true],
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import type {
  Alert,
  Board,
  BoardDrift,
  BoardOverview,
  MicrophoneJudgement,
} from '../../../main/contract/types.ts';
import { noDetails } from '../../../main/fleet/contract/wanted.ts';
import { board } from '../../test/lab-double.ts';
import { drawn, filtered, linesOf, sorted, type Filter } from './order.ts';
import { energyPerDay, marksOf, rowOf, type FleetRow, type Known } from './rows.ts';

const did = (changes: Partial<BoardOverview> = {}): BoardOverview => ({
  ...{ boardId: 'a', records: 10, latencyUs: { p50: 1000, p95: 2000 }, latencySource: 'modelled' },
  ...{ energyNanojoule: { mean: 1, total: 240 }, energySource: 'modelled' },
  ...{ topProbability: 0.7, entropy: 0.8, curiosity: 0.02, firstMs: 0, lastMs: 0 },
  ...{ levelDb: -41.5, noiseFloorDb: -62.25, clippedShare: 0 },
  ...changes,
});
const drifting: BoardDrift = {
  ...{ boardId: 'a', state: 'judged', p: 0.001, drifting: true, neighbours: 4, moved: 'class' },
  ...{ stability: 0.3, shares: null, before: null, now: null },
};
const deaf: MicrophoneJudgement = {
  ...{ boardId: 'a', state: 'fell silent', hours: [0, 1], noiseFloorDb: -96, levelDb: -90, clippedShare: 0 },
  ...{ usualDb: -62, neighbours: 4 },
};
const row = (
  changes: Partial<Board>,
  more: Partial<Omit<Known, 'details' | 'board'>> & { site?: string; tags?: string[]; notes?: string } = {},
): FleetRow => {
  const { site = '', tags = [], notes = '', ...known } = more;
  const one = board({ portId: 'virtual:1', ...changes });
  return rowOf(
    {
      ...{ board: one, name: one.name, details: { ...noDetails(one.id), site, tags, notes } },
      ...{ group: null, standing: 'nothing wanted', differences: null, did: null, drift: null },
      ...{ microphone: null, alerts: [], undecided: 0 },
      ...known,
    },
    24,
    0,
  );
};
const names = (rows: readonly FleetRow[]): string[] => rows.map(({ name }) => name);
const any: Filter = { text: '', mark: '', site: '', group: '', tag: '' };

describe('how a board is', () => {
  const of = (
    changes: Partial<Board>,
    more: Partial<Pick<FleetRow, 'standing' | 'drift' | 'microphone' | 'alerts'>> = {},
  ) =>
    marksOf({
      ...{ board: board(changes), standing: 'nothing wanted', drift: null, microphone: null, alerts: [] },
      ...more,
    });

  it.each([
    ['attached', ['well']],
    ['busy', ['busy']],
    ['connecting', ['connecting']],
    ['silent', ['silent']],
    ['absent', ['absent']],
    ['detached', ['detached']],
    ['garbage', ['trouble']],
    ['duplicate', ['trouble']],
    ['failed', ['trouble']],
  ] as const)('follows from being %s', (state, expected) => {
    expect(of({ state })).toEqual(expected);
  });

  it('is well only where it neither drifts nor differs from what is wanted, nor went back to its old bank', () => {
    expect(of({}, { drift: drifting, standing: 'differs' })).toEqual(['drifting', 'not up to date']);
    expect(of({}, { drift: drifting, microphone: deaf })).toEqual(['microphone', 'drifting']);
    expect(of({}, { microphone: { ...deaf, state: 'untold' } })).toEqual(['well']);
    expect(of({}, { standing: 'on trial' })).toEqual(['well']);
    expect(of({ state: 'busy' }, { standing: 'differs' })).toEqual(['not up to date', 'busy']);
    expect(of({ trial: 'fell_back' })).toEqual(['trouble']);
    expect(of({ message: 'It sent 3 records that are no records.' })).toEqual(['trouble']);
  });
});

describe('a board with an open alert', () => {
  const alerts = [{ boardId: 'a' } as Alert];
  const of = (changes: Partial<Board>, drift: BoardDrift | null = null) =>
    marksOf({
      ...{ board: board(changes), standing: 'differs', drift, microphone: null, alerts },
    });
  it('is not well, and is told so after what is worse', () => {
    expect(of({})).toEqual(['alert', 'not up to date']);
    expect(of({ state: 'silent' }, drifting)).toEqual(['silent', 'drifting', 'alert', 'not up to date']);
  });
});

describe('energy a day', () => {
  const hourMs = 3_600_000;
  it('is over the time for which it recorded, an hour at least, and no longer than was asked for', () => {
    expect(energyPerDay(did({ firstMs: 0 }), 24, 240 * hourMs)).toBe(240);
    expect(energyPerDay(did({ firstMs: 0 }), 24, 12 * hourMs)).toBe(480);
    expect(energyPerDay(did({ firstMs: 0 }), 24, 1)).toBe(240 * 24);
    expect(energyPerDay(did({ energyNanojoule: null }), 24, 1)).toBeNull();
    expect(energyPerDay(null, 24, 1)).toBeNull();
  });
});

describe('rows', () => {
  it('stand in order of a figure, either way, those without one last and those that are alike by name', () => {
    const rows = [
      row({ id: '1', name: 'b10' }, { did: did({ records: 5 }) }),
      row({ id: '2', name: 'b2' }, { did: did({ records: 5 }) }),
      row({ id: '3', name: 'a' }),
      row({ id: '4', name: 'c' }, { did: did({ records: 50 }) }),
    ];
    expect(names(sorted(rows, 'records', false))).toEqual(['b2', 'b10', 'c', 'a']);
    expect(names(sorted(rows, 'records', true))).toEqual(['c', 'b2', 'b10', 'a']);
    expect(names(sorted(rows, 'name', true))).toEqual(['c', 'b10', 'b2', 'a']);
  });

  it('stand with trouble first and boards that are away last, whatever else is told of those', () => {
    const rows = [
      row({ id: '1', name: 'away', state: 'absent' }, { drift: drifting }),
      row({ id: '2', name: 'well' }),
      row({ id: '3', name: 'drifts' }, { drift: drifting }),
      row({ id: '4', name: 'garbage', state: 'garbage' }),
    ];
    expect(names(sorted(rows, 'state', false))).toEqual(['garbage', 'drifts', 'well', 'away']);
  });

  it('are those that have each word, the mark, the site, the group and the tag', () => {
    const rows = [
      row({ id: '1', name: 'Heron' }, { site: 'Reed bed', tags: ['north'], group: { name: 'Valley' } }),
      row({ id: '2', name: 'Snipe', state: 'silent' }, { site: 'Reed bed', notes: 'loose plug' }),
      row({ id: '3', name: 'Teal' }, { drift: drifting, group: { name: 'Hill' } }),
    ];
    const found = (filter: Partial<Filter>): string[] => names(filtered(rows, { ...any, ...filter }));
    expect(found({})).toHaveLength(3);
    expect(found({ text: 'reed HER' })).toEqual(['Heron']);
    expect(found({ text: 'plug' })).toEqual(['Snipe']);
    expect(found({ mark: 'drifting' })).toEqual(['Teal']);
    expect(found({ mark: 'silent', site: 'Reed bed' })).toEqual(['Snipe']);
    expect(found({ group: 'Hill' })).toEqual(['Teal']);
    expect(found({ tag: 'north' })).toEqual(['Heron']);
    expect(found({ tag: 'north', group: 'Hill' })).toEqual([]);
  });

  it('stand under headings, those without a site last, each with what the board says below it', () => {
    const rows = [
      row({ entry: 1, name: 'a', message: 'Nothing answers.' }, { site: 'B' }),
      row({ entry: 2, name: 'b' }),
      row({ entry: 3, name: 'c' }, { site: 'A' }),
      row({ entry: 4, name: 'd' }, { site: 'B' }),
    ];
    const told = linesOf(rows, 'site').map((line) =>
      line.kind === 'heading' ? line.text : `${line.kind} ${line.row.name}`,
    );
    expect(told).toEqual([
      ...['A: 1 board', 'board c', 'B: 2 boards', 'board a', 'message a', 'board d'],
      ...['no site: 1 board', 'board b'],
    ]);
  });
});

describe('what is drawn of many lines', () => {
  it('is what is in sight and the line that has the focus, with what is left out between', () => {
    for (const kept of [-1, 0, 3, 40, 99]) {
      for (const [first, last] of [
        [-5, 10],
        [20, 30],
        [90, 200],
      ] as const) {
        const { lines, after } = drawn(100, first, last, kept);
        const all = lines.reduce((sum, { before }) => sum + before + 1, after);
        expect(all).toBe(100);
        expect(lines.some(({ line }) => line === kept)).toBe(kept >= 0);
        expect(lines.length).toBeLessThanOrEqual(17);
      }
    }
    expect(drawn(0, 0, 10, -1)).toEqual({ lines: [], after: 0 });
    expect(drawn(5, 0, 10, 7).lines).toHaveLength(5);
  });
});

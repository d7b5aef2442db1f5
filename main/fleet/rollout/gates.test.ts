import { describe, expect, test } from 'vitest';
import { simulateRollout, type Harm } from '../../../test/simulated-fleet/simulated-rollout.ts';
import { blocksOf, mixDistance, type Block } from './blocks.ts';
import { failedGate, judgeStage, type WatchedBoard } from './gates.ts';

const hour = (change: Partial<Block> = {}, at = 0): Block => ({
  inferences: 60,
  latencyUs: 30_000 + (at % 7),
  energyNanojoule: 2000 + (at % 5),
  topProbability: 0.8 + 0.001 * (at % 3),
  classes: new Map([
    [0, 30 + (at % 4)],
    [1, 30 - (at % 4)],
  ]),
  ...change,
});
const hours = (count: number, change: Partial<Block> = {}): Block[] =>
  Array.from({ length: count }, (_, at) => hour(change, at));
const failures = { errors: 0, restarts: 0, inferences: 6000 };
const board = (change: Partial<WatchedBoard> = {}): WatchedBoard => ({
  ...{ boardId: 'a', before: hours(72), now: hours(24), failuresBefore: failures, failuresNow: failures },
  ...{ probe: { windows: 30, agreed: 30 }, sameClasses: true },
  ...change,
});
const failedBy = async (...boards: WatchedBoard[]) =>
  failedGate(await judgeStage(boards, 3, 0.05))?.gate ?? null;

describe('a stage', () => {
  test('that goes on as before fails by no gate, and every gate has judged it', async () => {
    const gates = await judgeStage([board(), board({ boardId: 'b' })], 3, 0.05);
    expect(failedGate(gates)).toBeNull();
    expect(gates.map(({ boards }) => boards)).toEqual([2, 2, 2, 2, 2, 2, 2]);
    expect(gates.every(({ threshold }) => threshold === Math.log((3 * 7) / 0.05))).toBe(true);
  });

  test.each([
    ['latency', { now: hours(12, { latencyUs: 40_000 }) }],
    ['energy', { now: hours(12, { energyNanojoule: 2500 }) }],
    ['top probability', { now: hours(12, { topProbability: 0.5 }) }],
    ['class mix', { now: hours(12, { classes: new Map([[1, 60]]) }) }],
    ['restarts', { failuresNow: { errors: 0, restarts: 12, inferences: 400 } }],
    ['errors', { failuresNow: { errors: 12, restarts: 0, inferences: 400 } }],
    ['agreement', { probe: { windows: 30, agreed: 15 } }],
  ] as const)('fails by %s where that has become worse, and by nothing else', async (gate, change) => {
    const gates = await judgeStage([board(change)], 3, 0.05);
    expect(gates.filter(({ evidence, threshold }) => evidence! >= threshold).map((one) => one.gate)).toEqual([
      gate,
    ]);
  });

  test('lets pass what is better, or worse by little', async () => {
    expect(await failedBy(board({ now: hours(200, { latencyUs: 1000, topProbability: 1 }) }))).toBeNull();
    expect(
      await failedBy(board({ now: hours(200, { latencyUs: 32_000, topProbability: 0.76 }) })),
    ).toBeNull();
  });

  test('says why boards are not judged, and is judged by the others', async () => {
    const fresh = board({
      ...{ boardId: 'fresh', before: hours(5), probe: null },
      failuresBefore: { ...failures, inferences: 300 },
    });
    const gates = await judgeStage([board({ now: hours(12, { latencyUs: 40_000 }) }), fresh], 3, 0.05);
    const latency = gates.find(({ gate }) => gate === 'latency')!;
    expect(latency).toMatchObject({ boards: 1, worst: { boardId: 'a' } });
    expect(latency.unjudged).toEqual([{ why: 'less than a day of records before', boards: 1 }]);
    expect(gates.map(({ unjudged }) => unjudged.length)).toEqual([1, 1, 1, 1, 1, 1, 1]);
    const alone = await judgeStage([fresh], 3, 0.05);
    expect(alone.map(({ evidence }) => evidence)).toEqual([null, null, null, null, null, null, null]);
    expect(failedGate(alone)).toBeNull();
  });

  test('does not hold classes against each other that are not the same', async () => {
    const gates = await judgeStage([board({ sameClasses: false })], 3, 0.05);
    const mix = gates.find(({ gate }) => gate === 'class mix');
    expect(mix).toMatchObject({ evidence: null, boards: 0 });
  });
});

test('hours with few inferences are joined until there are enough, and what is left over is in no block', () => {
  const few = [5, 10, 8, 40, 3].map((inferences) =>
    hour({ inferences, latencyUs: inferences, classes: new Map([[0, inferences]]) }),
  );
  const blocks = blocksOf(few);
  expect(blocks.map(({ inferences }) => inferences)).toEqual([23, 40]);
  expect(blocks[0]!.latencyUs).toBeCloseTo((25 + 100 + 64) / 23, 12);
  expect(blocks[0]!.classes.get(0)).toBe(23);
});

test('class mixes are as far apart as their shares', () => {
  const even = new Map([
    [0, 5],
    [1, 5],
  ]);
  expect(mixDistance(even, new Map([...even].map(([index, count]) => [index, 7 * count])))).toBeCloseTo(0, 6);
  expect(mixDistance(even, new Map([[2, 1]]))).toBe(1);
  expect(mixDistance(even, new Map([[0, 9]]))).toBeCloseTo(Math.sqrt(1 - Math.sqrt(0.5)), 12);
});

test('simulated roll-outs that harm nothing pass, and those that harm are halted', async () => {
  const usual = { stages: [2, 6], boardsPerSite: 4, daysBefore: 6, hoursAStage: 24, inferencesAnHour: 40 };
  const halted = async (harm: Harm | null, seed: number): Promise<boolean> =>
    (await simulateRollout({ ...usual, falseAlarms: 0.05, harm, seed })).halted;
  let falseHalts = 0;
  for (let seed = 1; seed <= 8; seed++) if (await halted(null, seed)) falseHalts++;
  expect(falseHalts).toBeLessThanOrEqual(1);
  for (const harm of ['slow', 'unsure', 'disagrees'] as const) expect(await halted(harm, 9)).toBe(true);
});

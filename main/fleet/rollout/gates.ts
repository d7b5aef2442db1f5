/**
 * How a stage of a roll-out stands: each gate's evidence that its boards do worse than before, by more than what is let pass.
 * All of it is a function of counts: what is judged again is judged alike.
 *
 * α is shared evenly among stages and gates. A board's blocks are held against those of its own past
 * (`beyondEvidence`, exact whatever their distribution); boards of a site share their weather, and are not taken for
 * independent: their evidence is averaged.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  beyondEvidence,
  highestShare,
  meanEvidence,
  shareEvidence,
  thresholdOf,
} from '../../../models/evaluation/evidence.ts';
import {
  rolloutGates,
  type GateJudgement,
  type RolloutBoard,
  type RolloutGate,
} from '../contract/rollout.ts';
import { joined, mixDistance, sum, type Block } from './blocks.ts';

/** What befell a board over so many inferences. */
export interface Failures {
  errors: number;
  restarts: number;
  inferences: number;
}

export interface WatchedBoard {
  boardId: string;
  before: readonly Block[];
  now: readonly Block[];
  failuresBefore: Failures;
  failuresNow: Failures;
  probe: RolloutBoard['probe'];
  /** Class by class the same as before. */
  sameClasses: boolean;
}

/** With fewer blocks a board has no past to be held against: a day of hours. */
export const leastBlocksBefore = 24;
/** With fewer inferences nothing is said of how often it fails. */
const leastInferencesBefore = 1000;

/** Boards that are judged in one turn of the event loop. */
const boardsATurn = 16;

/** What is let pass. A new bank may cost a little more, doubt a little more, and hear a little otherwise. */
export const letPass = {
  /** Shares of what it was. */
  latency: 0.1,
  energy: 0.1,
  topProbability: 0.05,
  /** Hellinger's distance. */
  classMix: 0.1,
  /** Share of the probe set's windows that may be answered otherwise. */
  disagreement: 0.05,
} as const;

/** Larger is worse. @returns null where it was not told */
type Score = (block: Block) => number | null;

interface OfBoard {
  evidence: number;
  before: number | null;
  now: number | null;
}

/** Why a board is not judged. */
class Unjudged {
  constructor(readonly why: string) {}
}

/** @param falseAlarms α of the whole roll-out @param stages of it */
export async function judgeStage(
  boards: readonly WatchedBoard[],
  stages: number,
  falseAlarms: number,
): Promise<GateJudgement[]> {
  const share = falseAlarms / (stages * rolloutGates.length);
  const threshold = Math.log(1 / share);
  const byBoard = async (
    gate: RolloutGate,
    judge: (board: WatchedBoard) => OfBoard | Unjudged,
  ): Promise<GateJudgement> => ({ gate, threshold, ...(await together(boards, judge)) });
  return [
    { ...ofFailures('errors', boards, share), threshold },
    { ...ofFailures('restarts', boards, share), threshold },
    await byBoard('latency', (board) =>
      byBlocks(board, ({ latencyUs }) => latencyUs, times(letPass.latency)),
    ),
    await byBoard('energy', (board) =>
      byBlocks(board, ({ energyNanojoule }) => energyNanojoule, times(letPass.energy)),
    ),
    await byBoard('top probability', (board) => {
      const judged = byBlocks(
        board,
        ({ topProbability }) => -topProbability,
        (score) => score - letPass.topProbability,
      );
      return judged instanceof Unjudged
        ? judged
        : { ...judged, before: negative(judged.before), now: negative(judged.now) };
    }),
    await byBoard('class mix', byMix),
    await byBoard('agreement', byProbe),
  ];
}

const times = (share: number) => (score: number) => score / (1 + share);
const negative = (value: number | null): number | null => (value === null ? null : -value);

/** The gate that has failed, the one with most evidence; null where none has. */
export function failedGate(gates: readonly GateJudgement[]): GateJudgement | null {
  const failed = gates.filter(({ evidence, threshold }) => evidence !== null && evidence >= threshold);
  return failed.sort((a, b) => b.evidence! - a.evidence!)[0] ?? null;
}

async function together(
  boards: readonly WatchedBoard[],
  judge: (board: WatchedBoard) => OfBoard | Unjudged,
): Promise<Omit<GateJudgement, 'gate' | 'threshold'>> {
  const reasons = new Map<string, number>();
  const judged: (OfBoard & { boardId: string })[] = [];
  for (const [i, board] of boards.entries()) {
    // A month of hours takes up to half a millisecond.
    if (i % boardsATurn === boardsATurn - 1) await nextTurn();
    const found = judge(board);
    if (found instanceof Unjudged) reasons.set(found.why, (reasons.get(found.why) ?? 0) + 1);
    else judged.push({ boardId: board.boardId, ...found });
  }
  const worst = [...judged].sort((a, b) => b.evidence - a.evidence)[0];
  const mean = (values: (number | null)[]): number | null => {
    const told = values.filter((value) => value !== null);
    return told.length === 0 ? null : sum(told) / told.length;
  };
  return {
    evidence: judged.length === 0 ? null : meanEvidence(judged.map(({ evidence }) => evidence)),
    before: mean(judged.map(({ before }) => before)),
    now: mean(judged.map(({ now }) => now)),
    boards: judged.length,
    unjudged: [...reasons].map(([why, boards]) => ({ why, boards })),
    worst: worst ? { boardId: worst.boardId, evidence: worst.evidence } : null,
  };
}

/** @param pardoned a score now, less what is let pass */
function byBlocks(
  board: WatchedBoard,
  score: Score,
  pardoned: (score: number) => number,
): OfBoard | Unjudged {
  if (board.before.length < leastBlocksBefore) return new Unjudged('less than a day of records before');
  const before = told(board.before, score);
  if (before.length < leastBlocksBefore) return new Unjudged('it did not tell it before');
  const now = told(board.now, score);
  if (board.now.length > 0 && now.length === 0) return new Unjudged('it does not tell it now');
  return {
    evidence: evidenceOf(before, now.map(pardoned)),
    before: sum(before) / before.length,
    now: now.length === 0 ? null : sum(now) / now.length,
  };
}

/** Every second block before makes the mean mix, the others tell how far blocks lie from it by themselves. */
function byMix({ before, now, sameClasses }: WatchedBoard): OfBoard | Unjudged {
  if (!sameClasses) return new Unjudged('its classes are others than before');
  if (before.length < leastBlocksBefore) return new Unjudged('less than a day of records before');
  const mean = joined(before.filter((_, i) => i % 2 === 0)).classes;
  const usual = before.filter((_, i) => i % 2 === 1).map(({ classes }) => mixDistance(classes, mean));
  const distances = now.map(({ classes }) => mixDistance(classes, mean));
  return {
    evidence: evidenceOf(
      usual,
      distances.map((distance) => distance - letPass.classMix),
    ),
    before: sum(usual) / usual.length,
    now: distances.length === 0 ? null : sum(distances) / distances.length,
  };
}

const told = (blocks: readonly Block[], score: Score): number[] =>
  blocks.map(score).filter((value) => value !== null);

function evidenceOf(before: readonly number[], now: readonly number[]): number {
  const { threshold, beyond } = thresholdOf(before);
  return beyondEvidence(before.length, beyond, now.length, now.filter((score) => score > threshold).length);
}

/**
 * Of all boards together, each inference and each failure a trial. How often they failed before is known no better than
 * its sample: half of the gate's share of α is spent on the largest rate that leaves open.
 */
function ofFailures(
  gate: 'errors' | 'restarts',
  boards: readonly WatchedBoard[],
  share: number,
): Omit<GateJudgement, 'threshold'> {
  const judged = boards.filter(({ failuresBefore }) => failuresBefore.inferences >= leastInferencesBefore);
  const rest = boards.length - judged.length;
  const unjudged = rest > 0 ? [{ why: 'fewer than 1,000 inferences before', boards: rest }] : [];
  if (judged.length === 0)
    return { gate, evidence: null, before: null, now: null, boards: 0, unjudged, worst: null };
  const total = (which: 'failuresBefore' | 'failuresNow') => {
    const failures = sum(judged.map((board) => board[which][gate]));
    const trials = failures + sum(judged.map((board) => board[which].inferences));
    return { failures, trials, rate: trials === 0 ? null : failures / trials };
  };
  const [before, now] = [total('failuresBefore'), total('failuresNow')];
  const most = highestShare(before.failures, before.trials, share / 2);
  const [worst] = judged
    .map(({ boardId, failuresNow }) => ({ boardId, failures: failuresNow[gate] }))
    .sort((a, b) => b.failures - a.failures);
  // Half of α is left for this: the e-process must reach twice as far.
  const evidence = shareEvidence(now.failures, now.trials, most) - Math.log(2);
  return {
    ...{ gate, evidence, before: before.rate, now: now.rate, boards: judged.length, unjudged },
    worst: worst && worst.failures > 0 ? { boardId: worst.boardId, evidence } : null,
  };
}

function byProbe({ probe }: WatchedBoard): OfBoard | Unjudged {
  if (!probe) return new Unjudged('the probe set was not played to it');
  const { windows, agreed } = probe;
  return {
    evidence: shareEvidence(windows - agreed, windows, letPass.disagreement),
    before: 1 - letPass.disagreement,
    now: agreed / windows,
  };
}

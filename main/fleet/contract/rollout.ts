/** Roll-outs in stages, each judged by the health of its boards: the fleet's part of the contract. */
import * as v from 'valibot';
import type { ErrorCode } from '../../contract/error.ts';
import { pageLimit } from '../../contract/pieces.ts';
import { forOperators, forViewers, type Asker } from '../../contract/roles.ts';
import { id, text, whole } from '../../contract/schemas.ts';
import { mostBoards, type Wanted, type WantedBank, type WantedSettings, wantedSettings } from './details.ts';

/**
 * What a stage is judged by. `errors`: trouble with a board and banks that did not stand their trial, `restarts`: that
 * nobody asked for, each for so many inferences. The rest by blocks of an hour or more against the board's own past:
 * 95th percentile of `latency`, mean `energy` an inference, mean `top probability`, distance of the `class mix` (Hellinger)
 * from its mean. `agreement`: with the reference, on the windows of the probe set.
 */
export const rolloutGates = [
  'errors',
  'restarts',
  'latency',
  'energy',
  'top probability',
  'class mix',
  'agreement',
] as const;
export type RolloutGate = (typeof rolloutGates)[number];

/** How a stage stands by one gate. */
export interface GateJudgement {
  gate: RolloutGate;
  /** Natural logarithm of the e-process; 0 says nothing. Null where no board could be judged by it. */
  evidence: number | null;
  /** From here on the stage has failed: ln(stages · gates / α). */
  threshold: number;
  /** What it was before and is now, over the boards that it was judged by; null where that is no figure. */
  before: number | null;
  now: number | null;
  /** Boards that it was judged by. */
  boards: number;
  /** Why others were not, and how many of them. */
  unjudged: { why: string; boards: number }[];
  /** Of the boards the one that speaks most against the stage. */
  worst: { boardId: string; evidence: number } | null;
}

export type StageState = 'to come' | 'bringing up' | 'watching' | 'passed' | 'failed' | 'left out';

export interface RolloutStage {
  /** Boards that are first changed in this stage. */
  boards: number;
  /** Share of all boards that are changed after it, 0 … 1; null of the canaries' stage. */
  share: number | null;
  state: StageState;
  startedMs: number | null;
  endedMs: number | null;
  /** Boards that run what is wanted and are watched, and those that are away, or failed. */
  watched: number;
  away: number;
  failed: number;
  /** Inferences of the watched board that has fewest, and hours since it is watched. */
  inferences: number;
  hours: number;
  /** Empty before it was first judged. */
  gates: GateJudgement[];
}

export type RolloutState =
  | 'under way'
  /** A person is to say whether it goes on. */
  | 'awaits approval'
  | 'going back'
  | 'done'
  /** Ended where it was: what was changed stays. */
  | 'halted'
  | 'rolled back';

export interface Rollout {
  id: string;
  name: string;
  createdMs: number;
  by: Asker | null;
  wanted: Wanted;
  /** Its boards, in words. */
  target: string;
  boards: number;
  stages: RolloutStage[];
  /** Which of them is under way. */
  stage: number;
  state: RolloutState;
  /** Which boards go back, or went. */
  goesBack: 'stage' | 'all' | null;
  /** Nothing is done, and nothing is judged, until it is resumed. */
  paused: boolean;
  /** What it waits for, or why it ended: a sentence. */
  message: string;
  /** Of the draw. */
  seed: number;
  /** Chance that a roll-out that harms nothing is halted. */
  falseAlarms: number;
  /** Of each watched board, before a stage passes. */
  leastInferences: number;
  leastHours: number;
  /** A person approves each stage but the last, once it has passed. */
  approve: boolean;
  jobId: string;
  endedMs: number | null;
}

/** `waits`: it is away, and is changed when it is met. `back`: it is as before. `not back`: that failed. */
export type RolloutOutcome = 'to come' | 'waits' | 'failed' | 'watched' | 'back' | 'not back';

export interface RolloutBoard {
  boardId: string;
  /** As it was called then. */
  boardName: string;
  stage: number;
  outcome: RolloutOutcome;
  error: { code: ErrorCode; message: string } | null;
  /**
   * What was wanted of it by itself before, what it ran, and whether it listened, which roll-outs of labs from before do
   * not tell; null before its stage began.
   */
  former: { own: Wanted; ran: WantedBank | null; settings: WantedSettings; listened?: boolean } | null;
  /** Its past ends here. */
  beforeMs: number | null;
  /** It is watched from here on. */
  sinceMs: number | null;
  /** Windows of the probe set, and of them those that it answered as the reference does; null where it was not asked. */
  probe: { windows: number; agreed: number } | null;
  /** How often it failed in its past; null before its stage began. */
  failuresBefore: { errors: number; restarts: number; inferences: number } | null;
}

/** What was done, by whom and when. */
export interface RolloutEntry {
  number: number;
  atMs: number;
  text: string;
  /** Null for the lab itself. */
  by: Asker | null;
}

const rolloutId = v.strictObject({ rolloutId: id });
const share = v.pipe(v.number(), v.gtValue(0), v.maxValue(1));

export const rolloutRequests = {
  'rollouts.start': forOperators(
    v.strictObject({
      name: text(100),
      target: v.variant('kind', [
        v.strictObject({ kind: v.literal('all') }),
        v.strictObject({ kind: v.literal('group'), groupId: id }),
        v.strictObject({ kind: v.literal('site'), site: text(200) }),
        v.strictObject({ kind: v.literal('tag'), tag: text(60) }),
        v.strictObject({
          kind: v.literal('boards'),
          boardIds: v.pipe(v.array(id), v.minLength(1), v.maxLength(mostBoards)),
        }),
      ]),
      /** Of an expert or router of the lab's banks. */
      expertId: v.optional(id),
      settings: v.optional(wantedSettings),
      /** The first stage: these boards of the target, or so many that are drawn. */
      canaries: v.union([v.pipe(v.array(id), v.minLength(1), v.maxLength(mostBoards)), whole(1, mostBoards)]),
      /** Of all boards, after the stages that follow, rising; the last is made 1. 0.1, 0.5, 1 by default. */
      shares: v.optional(v.pipe(v.array(share), v.maxLength(20))),
      seed: v.optional(whole(0, 0xffff_ffff)),
      /** 0.05 by default. */
      falseAlarms: v.optional(v.pipe(v.number(), v.minValue(1e-6), v.maxValue(0.5))),
      /** 500 and 24 by default. */
      leastInferences: v.optional(whole(1, 10_000_000)),
      leastHours: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(10_000))),
      approve: v.optional(v.boolean()),
    }),
  ),
  /** Newest first: the first, or those begun before a time. */
  'rollouts.list': forViewers(
    v.strictObject({ beforeMs: v.optional(v.pipe(v.number(), v.finite())), limit: whole(1, 50) }),
  ),
  /** By its id, or as much of the beginning as no other's has. */
  'rollouts.get': forViewers(rolloutId),
  /** In the order of stages: the first, or those after so many. */
  'rollouts.boards': forViewers(
    v.strictObject({ rolloutId: id, after: v.optional(whole(0, mostBoards)), limit: whole(1, pageLimit) }),
  ),
  /** Oldest first, after the entry of a number. */
  'rollouts.log': forViewers(
    v.strictObject({
      rolloutId: id,
      after: v.optional(whole(0, Number.MAX_SAFE_INTEGER)),
      limit: whole(1, pageLimit),
    }),
  ),
  /** It goes on to the next stage. */
  'rollouts.approve': forOperators(rolloutId),
  'rollouts.pause': forOperators(rolloutId),
  'rollouts.resume': forOperators(rolloutId),
  /** It ends where it is; what was changed stays. */
  'rollouts.halt': forOperators(rolloutId),
  /** All boards that it changed go back to what they were before, also after its end. */
  'rollouts.rollback': forOperators(rolloutId),
} as const;

export type RolloutOrder = v.InferOutput<(typeof rolloutRequests)['rollouts.start']['params']>;

export interface RolloutResults {
  'rollouts.start': Rollout;
  'rollouts.list': Rollout[];
  'rollouts.get': Rollout;
  'rollouts.boards': RolloutBoard[];
  'rollouts.log': RolloutEntry[];
  'rollouts.approve': Rollout;
  'rollouts.pause': Rollout;
  'rollouts.resume': Rollout;
  'rollouts.halt': Rollout;
  'rollouts.rollback': Rollout;
}

export interface RolloutEvents {
  /** After any change of it. */
  rollout: Rollout;
}

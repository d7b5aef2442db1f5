/** A board with all that is known of it, as a row of the fleet's table: what it is called, how it is, what it did. */
import type {
  Alert,
  BatteryDays,
  BatterySetting,
  Board,
  BoardDetails,
  BoardDrift,
  BoardGroup,
  BoardOverview,
  Difference,
  MicrophoneJudgement,
  Standing,
} from '../../../main/contract/types.ts';
import { isFaulty } from '../../../main/fleet/contract/microphone.ts';
import { batteryDays, cellOf, dayLoad } from '../../../main/fleet/contract/battery-days.ts';
import { batteryText } from '../../../main/fleet/contract/battery-words.ts';

/**
 * How a board is, in a word. Boards may drift, be not up to date, have a microphone that does not hear and an alert that is
 * open, besides; those are well no more.
 */
export const marks = [
  'well',
  'busy',
  'connecting',
  'microphone',
  'drifting',
  'alert',
  'not up to date',
  'trouble',
  'silent',
  'absent',
  'detached',
] as const;
export type Mark = (typeof marks)[number];

export interface FleetRow {
  board: Board;
  name: string;
  details: BoardDetails;
  /** Its name. */
  group: string;
  standing: Standing;
  differences: Difference[] | null;
  /** The worst first. */
  marks: Mark[];
  /** In the time that is looked at; null: it recorded nothing. */
  did: BoardOverview | null;
  drift: BoardDrift | null;
  microphone: MicrophoneJudgement | null;
  /** Open ones of it, the newest first. */
  alerts: Alert[];
  /** Uncertain windows of it that nobody has decided. */
  undecided: number;
  /** Nanojoules. */
  energyPerDay: number | null;
  /** Null where it cannot be told; why, and of what it is made, is a sentence. */
  battery: BatteryDays | null;
  batteryText: string;
}

/** What is told of a board, from which its row is made. */
export interface Known {
  board: Board;
  name: string;
  details: BoardDetails;
  group: Pick<BoardGroup, 'name'> | null;
  standing: Standing;
  differences: Difference[] | null;
  did: BoardOverview | null;
  drift: BoardDrift | null;
  microphone: MicrophoneJudgement | null;
  /** Open ones of it, the newest first. */
  alerts: Alert[];
  undecided: number;
}

const markOfState: Record<Board['state'], Mark> = {
  attached: 'well',
  busy: 'busy',
  connecting: 'connecting',
  detached: 'detached',
  absent: 'absent',
  silent: 'silent',
  garbage: 'trouble',
  duplicate: 'trouble',
  failed: 'trouble',
};

/** Lowest first; boards that are away stand by themselves, after the others. */
const rank: Record<Mark, number> = {
  ...{ trouble: 0, silent: 1, microphone: 2, drifting: 3, alert: 4, 'not up to date': 5 },
  ...{ connecting: 6, well: 7, busy: 7, absent: 8, detached: 9 },
};

/** The worst first. */
export function marksOf({
  board,
  standing,
  drift,
  microphone,
  alerts,
}: Pick<FleetRow, 'board' | 'standing' | 'drift' | 'microphone' | 'alerts'>): Mark[] {
  const state = markOfState[board.state];
  // It answers, but what it said last could not be used, or it would not run what it was given.
  const troubled = state === 'well' && (board.message !== null || board.trial === 'fell_back');
  const found: Mark[] = [troubled ? 'trouble' : state];
  if (microphone && isFaulty(microphone.state)) found.push('microphone');
  if (drift?.drifting) found.push('drifting');
  if (alerts.length > 0) found.push('alert');
  if (standing === 'differs') found.push('not up to date');
  return found.filter((mark) => mark !== 'well' || found.length === 1).sort((a, b) => rank[a] - rank[b]);
}

/** Where a board stands in order of its state: one that is away goes last, whatever else is told of it. */
export const rankOf = ({ board, marks: found }: Pick<FleetRow, 'board' | 'marks'>): number =>
  board.state === 'absent' || board.state === 'detached' ? rank[board.state] : rank[found[0]!];

const hourMs = 3_600_000;

/**
 * Over the time for which a board has recorded, where that is less than what was asked for; an hour at least.
 * @param hours that were asked for @returns nanojoules a day
 */
export function energyPerDay(did: BoardOverview | null, hours: number, nowMs: number): number | null {
  if (!did?.energyNanojoule) return null;
  const recorded = Math.max(1, Math.min(hours, (nowMs - did.firstMs) / hourMs));
  return (did.energyNanojoule.total * 24) / recorded;
}

function batteryOf(
  { board, did }: Pick<Known, 'board' | 'did'>,
  batteries: BatterySetting | null,
  hours: number,
  nowMs: number,
): Pick<FleetRow, 'battery' | 'batteryText'> {
  if (!batteries) return { battery: null, batteryText: '' };
  const load = dayLoad(board, did, batteries, hours, nowMs);
  if (typeof load === 'string') return { battery: null, batteryText: load };
  const cell = cellOf(batteries, board.id);
  const battery = batteryDays(load, cell);
  return { battery, batteryText: batteryText(battery, cell) };
}

/** @param hours that `did` is about */
export function rowOf(
  known: Known,
  hours: number,
  nowMs: number,
  batteries: BatterySetting | null = null,
): FleetRow {
  return {
    ...known,
    group: known.group?.name ?? '',
    marks: marksOf(known),
    energyPerDay: energyPerDay(known.did, hours, nowMs),
    ...batteryOf(known, batteries, hours, nowMs),
  };
}

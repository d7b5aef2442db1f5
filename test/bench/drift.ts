/**
 * What is found of boards that fail, and how often one that works is told of, over simulated seasons: eighty boards at
 * eight sites for 150 days, of which one in five fails. Every day the fleet is judged as the lab judges it.
 */
import type { BoardDrift } from '../../main/fleet/contract/drift.ts';
import { judgeNeighbours } from '../../main/fleet/drift/fleet-drift.ts';
import { falseDiscovery } from '../../models/evaluation/false-discovery.ts';
import { simulatedSeason, type SimulatedPast } from '../simulated-fleet/simulated-season.ts';
import type { Bench } from './run.ts';

const season = { boards: 80, boardsPerSite: 10, days: 150, failing: 0.2, failsFrom: 70, failsUntil: 110 };
const seeds = [1, 2, 3];
/** What the lab tells with, last, and others for comparison. */
const falseShares = [0.01, 0.2, 0.05];
/** A fault that is told later than this was not found, days. */
const foundWithin = 28;

interface Found {
  boardDays: number;
  falseAlarms: number;
  faults: number;
  delays: number[];
}

export const bench: Bench = async (say) => {
  say(
    `${seeds.length} simulated seasons: ${season.boards} boards, ${season.days} days, ${season.failing * season.boards} fail`,
  );
  const found = falseShares.map((): Found => ({ boardDays: 0, falseAlarms: 0, faults: 0, delays: [] }));
  for (const seed of seeds) {
    const fleet = simulatedSeason({ ...season, seed });
    const sites = Array.from({ length: season.boards / season.boardsPerSite }, (_, site) =>
      fleet.filter((board) => board.site === site),
    );
    const watchers = found.map((one, i) => watcher(fleet, falseShares[i]!, one));
    for (let today = 0; today < season.days; today++) {
      // The test is the same for all; the strictest draws most.
      const strictest = Math.min(...falseShares);
      const boards = sites.flatMap((site) => judgeNeighbours(site, today, season.boards, strictest));
      for (const watch of watchers) watch(today, boards);
      if (today % 30 === 29) say(`season ${seed}: ${today + 1} days`);
    }
  }
  falseShares.forEach((falseShare, i) => {
    const one = found[i]!;
    say(
      `false share ${falseShare}: ${per1000(one).toFixed(2)} false alarms per 1,000 board-days, ` +
        `${one.delays.length} of ${one.faults} faults found within ${foundWithin} days, half of them after ${median(one.delays)} days`,
    );
  });
  const last = found.at(-1)!;
  return {
    false_alarms_per_1000_board_days: per1000(last),
    detected_share: last.delays.length / last.faults,
    delay_days: median(last.delays),
    board_days: last.boardDays,
  };
};

/** An alarm is the first day on which a board is told of, after days on which it was not. */
function watcher(
  fleet: readonly SimulatedPast[],
  falseShare: number,
  found: Found,
): (today: number, boards: readonly BoardDrift[]) => void {
  const drifting = new Set<string>();
  const told = new Set<string>();
  found.faults += fleet.filter(({ fault }) => fault !== null).length;
  return (today, boards) => {
    const judged = boards.flatMap(({ boardId, p }, i) =>
      p === null ? [] : [{ boardId, p, fault: fleet[i]!.fault }],
    );
    const findings = falseDiscovery(
      judged.map(({ p }) => p),
      falseShare,
    );
    judged.forEach(({ boardId, fault }, i) => {
      const now = findings[i]!;
      const sound = fault === null || today < fault.day;
      if (sound) found.boardDays++;
      const begins = now && !drifting.has(boardId);
      if (now) drifting.add(boardId);
      else drifting.delete(boardId);
      if (begins && sound) found.falseAlarms++;
      if (!now || sound || told.has(boardId)) return;
      told.add(boardId);
      if (today - fault.day <= foundWithin) found.delays.push(today - fault.day);
    });
  };
}

const per1000 = ({ falseAlarms, boardDays }: Found): number => (1000 * falseAlarms) / boardDays;
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

/**
 * A soak run of 24 boards, four of them the real firmware: lines are cut, mended and disturbed, boards restart and the lab
 * is killed at random moments for the whole time; at the end the books balance record by record.
 *
 * Five minutes; `MINUTES=480 npm run bench -- soak` for a night.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SoakRun } from '../soak/soak-run.ts';
import type { Bench } from './run.ts';

const minutes = Number(process.env['MINUTES'] ?? 5);
/** Between two events, at most. */
const pauseMs = 1500;
/** A line is cut, or disturbed, for so long, at most: the rings hold a multiple of it. */
const troubleMs = 8000;
/** One event in so many is a kill of the lab. */
const eventsPerKill = 15;

export const bench: Bench = async (say) => {
  const folder = await mkdtemp(join(tmpdir(), 'curlew-bench-'));
  const seed = Date.now() % 2 ** 31;
  say(`seed ${seed}`);
  const run = await SoakRun.open(folder, { simulated: 20, real: 4 }, seed, say);
  const counts = { cuts: 0, restarts: 0, disturbances: 0, kills: 0 };
  const pending = new Set<Promise<void>>();
  const busy = new Set<number>();
  /** One thing at a time befalls a board. */
  const befall = (place: number): void => {
    if (busy.has(place)) return;
    busy.add(place);
    const trouble = disturbOne(run, place, counts).finally(() => {
      busy.delete(place);
      pending.delete(trouble);
    });
    pending.add(trouble);
  };
  try {
    await run.startLab();
    const end = performance.now() + minutes * 60_000;
    let lost = 0;
    let toldMs = performance.now();
    while (performance.now() < end) {
      await sleep(run.draw(pauseMs));
      if (run.draw(eventsPerKill) > 0) befall(run.draw(run.boards.length));
      else {
        counts.kills++;
        const books = await run.killLab();
        lost += books.lost;
        await run.startLab();
        if (performance.now() - toldMs > 30_000) {
          toldMs = performance.now();
          say(`${JSON.stringify(counts)}: ${books.records} records, ${lost} lost, ${books.doubled} doubled`);
        }
      }
    }
    await Promise.all(pending);
    const books = await run.finish();
    return { minutes, ...counts, ...books, lost: lost + books.lost };
  } finally {
    await Promise.allSettled(pending);
    await run.close();
    await rm(folder, { recursive: true, force: true });
  }
};

async function disturbOne(
  run: SoakRun,
  place: number,
  counts: { cuts: number; restarts: number; disturbances: number },
): Promise<void> {
  const board = run.boards[place]!;
  const kind = run.draw(3);
  if (kind === 0) {
    counts.cuts++;
    board.cutLine();
    await sleep(run.draw(troubleMs));
    board.mendLine();
  } else if (kind === 1) {
    counts.disturbances++;
    board.disturb(run.draw(2 ** 30));
    await sleep(run.draw(troubleMs));
    board.disturb(null);
  } else {
    counts.restarts++;
    board.disturb(null);
    await board.restart();
  }
}

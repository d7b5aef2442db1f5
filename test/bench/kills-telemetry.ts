/**
 * A lab that takes the telemetry of 20 boards, four of them the real firmware, killed by `kill -9` at 100 random moments:
 * after each, every record that it had said was stored is looked for, in a store that is opened as it lies there.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SoakRun } from '../soak/soak-run.ts';
import type { Bench } from './run.ts';

const kills = Number(process.env['KILLS'] ?? 100);
/** A kill comes within so much of the first record that a lab has stored. */
const withinMs = 3000;

export const bench: Bench = async (say) => {
  const folder = await mkdtemp(join(tmpdir(), 'curlew-bench-'));
  const run = await SoakRun.open(folder, { simulated: 16, real: 4 }, 20261128, say);
  try {
    let lost = 0;
    for (let kill = 1; kill <= kills; kill++) {
      await run.startLab();
      await sleep(run.draw(withinMs));
      const books = await run.killLab();
      lost += books.lost;
      if (kill % 10 === 0)
        say(`${kill} kills: ${books.records} records, ${lost} lost, ${books.doubled} doubled`);
    }
    await run.startLab();
    const books = await run.finish();
    return { kills, ...books, lost: lost + books.lost };
  } finally {
    await run.close();
    await rm(folder, { recursive: true, force: true });
  }
};

/**
 * How fast boards are held against the references: a comparison as the lab makes it (its job, its store, what a page asks
 * meanwhile), of four virtual boards and a thousand clips, each board with the shipped 4-bit expert.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectLab } from '../../main/contract/connect.ts';
import { grouped } from '../../main/contract/figures.ts';
import { decodeAll, toInt16 } from '../../main/recordings/pcm16k.ts';
import { Banks } from '../../main/banks/banks.ts';
import { openLab } from '../../main/lab.ts';
import { resources } from '../../main/resources.ts';
import { localTransport } from '../../main/shells/local-transport.ts';
import { writeVariations } from '../fixtures/clip-variations.ts';
import type { Bench } from './run.ts';

const clips = 1000;
/** Of 0.975 s, 0.48 s apart. */
const windows = 2;
const boards = ['virtual', 'virtual', 'virtual', 'virtual'];

export const bench: Bench = async (say) => {
  const folder = await mkdtemp(join(tmpdir(), 'curlew-bench-'));
  const bank = await Banks.open(resources.bank);
  const sounds = await Promise.all(
    bank.clips.map(async ({ id, label }) => ({ label, pcm: toInt16(await decodeAll(bank.clipPath(id))) })),
  );
  await writeVariations(join(folder, 'sounds'), sounds, clips, windows);
  const lab = await openLab({ dataFolder: join(folder, 'data'), shell: 'bench', roots: [folder] });
  const client = connectLab(localTransport(lab));
  try {
    say(
      `${availableParallelism()} cores, load ${loadavg()[0]!.toFixed(1)} at the beginning; ` +
        `${grouped(clips)} clips of ${windows} windows, all stages, ${boards.length} virtual boards`,
    );
    const asked = { boards, models: [bank.experts[0]!.id], paths: [join(folder, 'sounds')], windows };
    // Threads, graphs and boards are there once, and this is no part of the pace.
    let { id } = await client.request('compare.start', { ...asked, clips: 8 });
    await ended(id);
    const before = process.memoryUsage().rss;
    const cpu = process.cpuUsage();
    const begunMs = performance.now();
    ({ id } = await client.request('compare.start', asked));
    const job = await ended(id);
    const seconds = (performance.now() - begunMs) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    const growth = (process.memoryUsage().rss - before) / 1e6;
    const { runs } = await client.request('compare.get', { jobId: id });
    const compared = runs.reduce((sum, run) => sum + run.windows, 0);
    const answers = clips * boards.length;
    say(
      `${job.state} in ${seconds.toFixed(0)} s: ${grouped(compared)} windows compared; the page asked once a second`,
    );
    say(
      `${((user + system) / 1000 / answers).toFixed(1)} ms of the processor for a clip at a board, references included`,
    );
    say(
      `${runs.map(({ checks }) => checks.find(({ check }) => check === 'encoder')!.verdict).join(', ')}: encoders to the bit`,
    );
    return {
      clips_per_second: answers / seconds,
      boards: boards.length,
      growth_mb: growth,
      cpu_ms_a_clip: (user + system) / 1000 / answers,
      lost: answers * windows - compared,
    };
  } finally {
    client.close();
    await lab.close();
    await rm(folder, { recursive: true, force: true });
  }

  async function ended(jobId: string) {
    for (;;) {
      const job = await client.request('jobs.get', { jobId });
      if (job.finishedMs !== null) {
        if (job.error) throw new Error(job.error.message);
        return job;
      }
      await client.request('compare.get', { jobId });
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
};

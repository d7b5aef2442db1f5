/** Classifications that are killed again and again at random moments, and what comes of them in the end. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LabClient } from '../../main/contract/client.ts';
import type { ExpertInfo, Job } from '../../main/contract/types.ts';
import { noise, wavBytes } from '../../main/recordings/testing.ts';
import { Random } from '../../models/training/random.ts';
import { ended, startLab } from './lab-process.ts';

export interface KilledRuns {
  /** How often the lab was killed while a run was under way, and how many runs that took. */
  kills: number;
  runs: number;
  /** Runs whose exports are not, byte for byte, those of an unbroken run. */
  differing: number;
  filesClassified: number;
}

const exported = ['csv', 'json', 'raven', 'birdnet'] as const;
/** A run is killed within so much of the time of an unbroken one: later it has often ended before. */
const share = 0.7;
/** The first is heard in parts, by several workers; the rest are quickly done. */
const settings = { hopFrames: 2, threshold: 0.2, topK: 2, keep: 'bestPerMinute' } as const;

/**
 * @param folder must be empty, and is the home of the lab
 * @param files recordings, one of them long
 * @param kills that are to happen, by `SIGKILL`, each at a moment drawn from the length of an unbroken run
 */
export async function killedRuns(
  folder: string,
  { files, kills, seed, say }: { files: number; kills: number; seed: number; say(line: string): void },
): Promise<KilledRuns> {
  const random = new Random(seed);
  const recordings = join(folder, 'recordings');
  await writeRecordings(recordings, files);
  const start = () => startLab(join(folder, 'data'), [], { ...process.env, HOME: folder });
  let lab = await start();
  const [expert] = (await lab.client.request('experts.list', {})) as [ExpertInfo];
  const request = { paths: [recordings], modelId: expert.id, settings };
  const began = performance.now();
  const whole = await ended(lab.client, await lab.client.request('classify.start', request));
  const wholeMs = performance.now() - began;
  const wanted = await exports(lab.client, whole, join(folder, 'whole'));
  say(`unbroken: ${files} files in ${(wholeMs / 1000).toFixed(1)} s`);

  const told: KilledRuns = { kills: 0, runs: 0, differing: 0, filesClassified: 0 };
  while (told.kills < kills) {
    let job = await lab.client.request('classify.start', request);
    let left = await endOrKill(lab, job, random.uniform() * share * wholeMs);
    while (left === null) {
      told.kills++;
      lab = await start();
      job = await lab.client.request('jobs.get', { jobId: job.id });
      // It may have ended in the moment before it was killed.
      if (job.state === 'paused') job = await lab.client.request('jobs.resume', { jobId: job.id });
      left = await endOrKill(lab, job, told.kills < kills ? random.uniform() * share * wholeMs : Infinity);
    }
    const found = await exports(lab.client, left, join(folder, `run-${told.runs}`));
    told.runs++;
    if (found !== wanted) told.differing++;
    told.filesClassified += left.result?.kind === 'classify' ? left.result.files : 0;
    say(
      `run ${told.runs}: ${left.state}, ${told.kills} kills so far, ${found === wanted ? 'the same bytes' : 'OTHER BYTES'}`,
    );
  }
  await lab.stop();
  return told;
}

/** @returns the job when it ended first; null when the lab was killed first */
async function endOrKill(
  lab: Awaited<ReturnType<typeof startLab>>,
  job: Job,
  afterMs: number,
): Promise<Job | null> {
  const over = ended(lab.client, job);
  if (afterMs === Infinity) return over;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const killed = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), afterMs)));
  const first = await Promise.race([over, killed]);
  clearTimeout(timer);
  if (first !== null) return first;
  // The client's last request ends with the lab.
  over.catch(() => undefined);
  await lab.stop('SIGKILL');
  return null;
}

/** One hash over a job's exports. */
async function exports(client: LabClient, job: Job, folder: string): Promise<string> {
  await mkdir(folder);
  const hash = createHash('sha256').update(job.state);
  for (const format of exported) {
    const path = join(folder, format);
    await client.request('detections.write', { jobId: job.id, format, path });
    hash.update(await readFile(path));
  }
  await rm(folder, { recursive: true });
  return hash.digest('hex');
}

async function writeRecordings(folder: string, files: number): Promise<void> {
  await mkdir(folder);
  for (let i = 0; i < files; i++) {
    const samples = noise((i === 0 ? 160 : 4) * 16_000, i + 1).map((x, at) => x * Math.sin(at / 9_000) ** 2);
    await writeFile(join(folder, `${String(i).padStart(4, '0')}.wav`), wavBytes([samples]));
  }
}

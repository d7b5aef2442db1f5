/** For tests: the built lab as a process of its own, as `npm start` runs it, and a client to it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { connectLab } from '../../main/contract/connect.ts';
import type { LabClient } from '../../main/contract/client.ts';
import type { Job } from '../../main/contract/types.ts';
import { resources } from '../../main/resources.ts';
import { socketTransport } from '../../main/shells/socket-transport.ts';

const cli = join(resources.root, 'out', 'main', 'cli.js');

export interface LabProcess {
  link: string;
  client: LabClient;
  child: ChildProcess;
  /** Ends it, politely or not, and waits for its exit. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export const temporaryFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'curlew-e2e-'));
export const removeFolder = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

/**
 * Starts `curlew serve` on a free port of the loopback.
 * @param words more for the command
 */
export async function startLab(
  dataFolder: string,
  words: string[] = [],
  env: NodeJS.ProcessEnv = process.env,
): Promise<LabProcess> {
  const child = spawn(process.execPath, [cli, 'serve', '--json', '--data', dataFolder, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env,
  });
  const lines = createInterface({ input: child.stdout });
  const [line] = (await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(() => {
      throw new Error('The lab ended before it served anything.');
    }),
  ])) as [string];
  const { link } = JSON.parse(line) as { link: string };
  const [address, token] = link.split('/#token=') as [string, string];
  const client = connectLab(await socketTransport(address, token));
  return {
    link,
    client,
    child,
    async stop(signal = 'SIGTERM') {
      client.close();
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const exited = once(child, 'exit');
      child.kill(signal);
      return ((await exited) as [number | null])[0];
    },
  };
}

/** Waits until a job has ended, however it ended. */
export function ended(client: LabClient, job: Job): Promise<Job> {
  return new Promise((resolve, reject) => {
    const look = (one: Job): void => {
      if (one.id !== job.id || !['done', 'failed', 'cancelled'].includes(one.state)) return;
      off();
      resolve(one);
    };
    const off = client.on('job', look);
    client.request('jobs.get', { jobId: job.id }).then(look, reject);
  });
}

/** Waits until `holds` says so, asking every few milliseconds; a test's own time limit ends an endless wait. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}

export interface CurlewRun {
  child: ChildProcess;
  /** What it has written on standard error so far. */
  said(): string;
  ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

export function startCurlew(...words: string[]): CurlewRun {
  const child = spawn(process.execPath, [cli, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (bytes: Buffer) => (stdout += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (stderr += bytes.toString()));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
  return { child, said: () => stderr, ended };
}

/** Runs `curlew …` to its end. */
export const curlew = (...words: string[]) => startCurlew(...words).ended;

/** The lab that runs already on a data folder, found by what it announced there. */
import type { LabClient } from '../contract/client.ts';
import { connectLab } from '../contract/connect.ts';
import { CurlewError } from '../contract/error.ts';
import { findLab, type RunningLab } from '../data-folder.ts';
import { socketTransport } from './socket-transport.ts';

/** @returns null where nobody listens: the lab was killed, and the process that bears its number is another by now */
export async function reachLab(
  dataFolder: string,
): Promise<{ client: LabClient; running: RunningLab } | null> {
  const running = await findLab(dataFolder);
  if (running === null) return null;
  try {
    return { client: connectLab(await socketTransport(running.socket, running.token)), running };
  } catch (thrown) {
    if (thrown instanceof CurlewError && thrown.code === 'CONNECTION_LOST') return null;
    throw thrown;
  }
}

/** As `reachLab`, where only what it announced is wanted. */
export async function runningLab(dataFolder: string): Promise<RunningLab | null> {
  const reached = await reachLab(dataFolder);
  reached?.client.close();
  return reached?.running ?? null;
}

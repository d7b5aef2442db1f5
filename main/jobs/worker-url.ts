/** Starting a worker thread, whether the lab runs from source or from a build. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

/**
 * From source the worker is `NAME.ts` beside its caller, run by tsx; in a build everything lies flat in one folder
 * and the worker is `NAME.js` there.
 * @param from the caller's `import.meta.url`
 */
export function startWorker(name: string, from: string, workerData: unknown): Worker {
  if (!from.endsWith('.ts')) return new Worker(new URL(`./${name}.js`, from), { workerData });
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return new Worker(new URL(`./${name}.ts`, from), { workerData, execArgv: ['--import', tsx] });
}

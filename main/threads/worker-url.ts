/** Starting a worker thread, whether the lab runs from source or from a build. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker, type ResourceLimits } from 'node:worker_threads';

/**
 * From source the worker is `NAME.ts` beside its caller, run by tsx; in a build everything lies flat in one folder
 * and the worker is `NAME.js` there.
 * @param from the caller's `import.meta.url`
 * @param resourceLimits of the thread's heap; Node's own where it is left out
 */
export function startWorker(
  name: string,
  from: string,
  workerData: unknown,
  resourceLimits: ResourceLimits = {},
): Worker {
  const options = { workerData, resourceLimits };
  if (!from.endsWith('.ts')) return new Worker(new URL(`./${name}.js`, from), options);
  // A worker thread of Node 20 does not take over `--import tsx`; the loader is registered inside it.
  const commonJs = createRequire(import.meta.url).resolve('tsx/esm/api');
  const tsx = new URL('./index.mjs', pathToFileURL(commonJs)).href;
  const source = new URL(`./${name}.ts`, from).href;
  const boot = `import { register } from ${JSON.stringify(tsx)}; register(); await import(${JSON.stringify(source)});`;
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(boot)}`), options);
}

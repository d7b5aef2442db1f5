/** What the lab does for requests about classification. */
import type { HandlersOf } from '../../dispatch.ts';
import type { AllowedPaths } from '../../recordings/allowed-paths.ts';
import { readSites } from '../../recordings/about/sites.ts';
import type { Classification } from './classification.ts';
import type { classifyRequests } from './contract/requests.ts';

export const classifyHandlers = (
  classification: Classification,
  files: AllowedPaths,
): HandlersOf<typeof classifyRequests> => ({
  'classify.start': async ({ paths, modelId, settings, watch }, role) => {
    const resolved = await Promise.all(paths.map((path) => files.resolve(path, role)));
    const sites = settings.sites === null ? null : await files.resolve(settings.sites, role);
    // A table with a fault is refused before the run begins.
    if (sites !== null) await readSites(sites);
    return classification.start(resolved, modelId, { ...settings, sites }, watch);
  },
  'classify.repeat': async ({ jobId, paths, watch }, role) => {
    // What was open to the lab then need not be now.
    return classification.repeat(jobId, paths ?? null, watch, (path) => files.resolve(path, role));
  },
  'classify.finish': async ({ jobId }) => classification.finish(jobId),
  'classify.provenance': ({ jobId }) => classification.provenance(jobId),
  'classify.files': ({ jobId, ...page }) => classification.files(jobId, page),
  'classify.detections': ({ jobId, ...page }) => classification.detections(jobId, page),
});

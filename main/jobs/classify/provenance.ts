/** Says how a classification was made. */
import { availableParallelism, cpus } from 'node:os';
import { sha256Of } from '../../sha256.ts';
import type { EngineImages } from '../../../devices/engine/engine.ts';
import { CurlewError } from '../../contract/error.ts';
import type { Provenance } from '../../contract/types.ts';
import type { ClassifyParams } from './classify-job.ts';

export interface Program {
  version: string;
  commit: string | null;
}

/** What would be deployed, by its hashes. */
export const hashesOf = ({ router, experts, encoders }: EngineImages): Provenance['images'] => [
  ...(router ? [{ role: 'router' as const, sha256: sha256Of(router) }] : []),
  ...experts.map((image) => ({ role: 'expert' as const, sha256: sha256Of(image) })),
  ...encoders.map((image) => ({ role: 'encoder' as const, sha256: sha256Of(image) })),
];

/** Of a classification that begins now. @param answering by what, and where by which table */
export function provenanceOf(
  params: ClassifyParams,
  { images, sitesSha256 }: { images: Provenance['images']; sitesSha256: string | null },
  program: Program,
): Provenance {
  return {
    program: 'Curlew',
    ...program,
    startedMs: Date.now(),
    finishedMs: null,
    ...params,
    images,
    sitesSha256,
    machine: {
      processor: cpus()[0]?.model ?? 'unknown',
      cores: availableParallelism(),
      platform: `${process.platform} ${process.arch}`,
    },
    resumes: [],
    result: null,
  };
}

/**
 * Of one that goes on: as it began, with this beside.
 * @param before how it began
 * @param now how it would begin now
 * @throws CurlewError IMAGE_BAD when what answers has changed since, and FILE_DAMAGED when the table of sites has: half
 *   of the answers, or of the places, would be another's
 */
export function resumed(before: Provenance, now: Provenance): Provenance {
  const changed = changedSince(before, now);
  if (changed === 'model') {
    const message = `“${now.modelId}” is not what it was when this classification began: its image is another now. Start a new one, or put the bank of then back.`;
    throw new CurlewError('IMAGE_BAD', message, { modelId: now.modelId });
  }
  if (changed === 'sites') throw sitesChanged(now, 'when this classification began');
  const { version, commit, startedMs: atMs } = now;
  return { ...before, resumes: [...before.resumes, { version, commit, atMs }] };
}

/**
 * That a run is made as one before.
 * @param now what its model and its table of sites are at this moment
 * @throws CurlewError EXPERT_NOT_FOUND, FILE_DAMAGED
 */
export function requireSame(
  before: Provenance,
  now: { images: Provenance['images']; sitesSha256: string | null },
): void {
  const { modelId } = before;
  const changed = changedSince(before, now);
  if (changed === 'sites') throw sitesChanged(before, 'in that run');
  if (changed === null) return;
  throw new CurlewError(
    'EXPERT_NOT_FOUND',
    `“${modelId}” is not what it was in that run: it is another now. Take in the bank, or the model, of then under another name.`,
    { modelId },
  );
}

function changedSince(
  before: Pick<Provenance, 'images' | 'sitesSha256'>,
  now: Pick<Provenance, 'images' | 'sitesSha256'>,
): 'model' | 'sites' | null {
  const hashes = ({ images }: Pick<Provenance, 'images'>) => images.map(({ sha256 }) => sha256).join();
  if (hashes(before) !== hashes(now)) return 'model';
  const known = typeof before.sitesSha256 === 'string';
  return known && before.sitesSha256 !== now.sitesSha256 ? 'sites' : null;
}

function sitesChanged({ settings: { sites } }: Provenance, when: string): CurlewError {
  const message = `The table of sites ${sites} is not what it was ${when}. Put the one of then back, or start anew with this one.`;
  return new CurlewError('FILE_DAMAGED', message, { path: sites });
}

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
export const hashesOf = ({ router, experts, encoder }: EngineImages): Provenance['images'] => [
  ...(router ? [{ role: 'router' as const, sha256: sha256Of(router) }] : []),
  ...experts.map((image) => ({ role: 'expert' as const, sha256: sha256Of(image) })),
  ...(encoder ? [{ role: 'encoder' as const, sha256: sha256Of(encoder) }] : []),
];

/** Of a classification that begins now. @param images what answers */
export function provenanceOf(
  params: ClassifyParams,
  images: Provenance['images'],
  program: Program,
): Provenance {
  return {
    program: 'Curlew',
    ...program,
    startedMs: Date.now(),
    finishedMs: null,
    ...params,
    images,
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
 * @throws CurlewError IMAGE_BAD when what answers has changed since: half of the answers would be another's
 */
export function resumed(before: Provenance, now: Provenance): Provenance {
  const hashes = ({ images }: Provenance): string => images.map(({ sha256 }) => sha256).join();
  if (hashes(before) !== hashes(now)) {
    const message = `“${now.modelId}” is not what it was when this classification began: its image is another now. Start a new one, or put the bank of then back.`;
    throw new CurlewError('IMAGE_BAD', message, { modelId: now.modelId });
  }
  const { version, commit, startedMs: atMs } = now;
  return { ...before, resumes: [...before.resumes, { version, commit, atMs }] };
}

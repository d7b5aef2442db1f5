/** An expert with repeatable random weights and a result store in memory, for tests. */
import type { LatentExpert, LatentLayer } from '../../../models/experts/expert.ts';
import { quantizedModel } from '../../../models/experts/models.ts';
import { quantizeExpert } from '../../../models/experts/quantize.ts';
import { CurlewError } from '../../contract/error.ts';
import type { ClassifiedFile, Detection } from '../../contract/types.ts';
import { noise } from '../../recordings/testing.ts';
import type { ExpertSource } from './classification.ts';
import type { ClassifiedRow, Page, ResultStore } from './result-store.ts';

export const testClasses = ['curlew', 'rain', 'saw'];

export function testModel(): Uint8Array {
  const weights = (length: number, seed: number) => noise(length, seed).map((value) => 2 * value);
  const hidden = (inputs: number, outputs: number, seed: number): LatentLayer => ({
    kind: 'latent',
    inputs,
    outputs,
    weights: weights(inputs * outputs, seed),
    bias: weights(outputs, seed + 1),
    norm: { gain: weights(outputs, seed + 2), bias: weights(outputs, seed + 3) },
  });
  const latent: LatentExpert = {
    name: 'test',
    version: 1,
    labels: testClasses,
    standardization: { offset: weights(384, 1), scale: new Float32Array(384).fill(1) },
    layers: [
      hidden(384, 32, 10),
      {
        kind: 'linear',
        inputs: 32,
        outputs: 3,
        weights: weights(96, 30).map((w) => 3 * w),
        bias: weights(3, 31),
        norm: null,
      },
    ],
  };
  return quantizedModel(quantizeExpert(latent));
}

export function testBank(model: Uint8Array): ExpertSource {
  return {
    expert(expertId) {
      if (expertId === 'test') return { name: 'Test expert', classes: testClasses };
      throw new CurlewError('EXPERT_NOT_FOUND', `The bank has no expert “${expertId}”.`);
    },
    file: async () => model,
  };
}

export class MemoryResultStore implements ResultStore {
  private readonly kept = new Map<string, { file: ClassifiedFile; detections: Detection[] }>();
  /** Every path put, in order, repetitions included. */
  readonly puts: string[] = [];

  async putFile(file: ClassifiedFile, detections: readonly Detection[]): Promise<void> {
    this.puts.push(file.path);
    this.kept.set(`${file.jobId} ${file.path}`, { file, detections: [...detections] });
  }

  async files(jobId: string, page: Page<string>): Promise<ClassifiedFile[]> {
    const files = this.of(jobId).map(({ file }) => file);
    return pageOf(files, page, ({ path }) => path === page.after);
  }

  async detections(
    jobId: string,
    page: Page<Pick<Detection, 'path' | 'startS'>> & { path?: string | undefined },
  ): Promise<Detection[]> {
    const detections = this.of(jobId)
      .filter(({ file }) => page.path === undefined || file.path === page.path)
      .flatMap((one) => one.detections);
    return pageOf(
      detections,
      page,
      ({ path, startS }) => path === page.after?.path && startS === page.after.startS,
    );
  }

  async rows(jobId: string, page: Page<{ path: string; startS: number | null }>): Promise<ClassifiedRow[]> {
    const rows = this.of(jobId).flatMap(({ file, detections }): ClassifiedRow[] =>
      detections.length === 0
        ? [{ file, detection: null }]
        : detections.map((detection) => ({ file, detection })),
    );
    return pageOf(
      rows,
      page,
      ({ file, detection }) =>
        file.path === page.after?.path && (detection?.startS ?? null) === page.after.startS,
    );
  }

  async counts(jobId: string) {
    const kept = this.of(jobId);
    return { files: kept.length, detections: kept.flatMap((one) => one.detections).length };
  }

  async remove(jobId: string): Promise<void> {
    for (const { file } of this.of(jobId)) this.kept.delete(`${jobId} ${file.path}`);
  }

  private of(jobId: string) {
    return [...this.kept.values()].filter(({ file }) => file.jobId === jobId);
  }
}

function pageOf<T>(all: readonly T[], { after, limit }: Page<unknown>, isThat: (one: T) => boolean): T[] {
  const from = after === undefined ? 0 : all.findIndex(isThat) + 1;
  return all.slice(from, from + limit);
}

/** What boards recorded, written where a person said, as a job: a season of a fleet takes minutes. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { inOne, bytes as bytesText, grouped } from '../contract/figures.ts';
import type { ExportResult, Job } from '../contract/types.ts';
import { few, type JobContext } from '../jobs/definition.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { Outputs } from '../outputs.ts';
import type { Store } from '../store/open-store.ts';
import { writeTelemetry, type ExportWish, type NamedBoard } from '../store/telemetry-export.ts';
import type { Details } from './details/details.ts';
import type { Fleet } from './fleet.ts';

export interface ExportRooms {
  store: Store;
  jobs: Jobs;
  fleet: Pick<Fleet, 'boards'>;
  details: Pick<Details, 'of' | 'groupOf'>;
  /** Files and folders that nothing is written over. */
  keep: readonly string[];
}

export interface ExportTo extends ExportWish {
  /** Absolute, of a place that may be written to. */
  path: string;
  overwrite: boolean;
}

const lookEveryMs = 500;

/** @throws CurlewError FILE_EXISTS, FILE_PROTECTED, FILE_UNWRITABLE: before a job is made of it */
export async function startExport(rooms: ExportRooms, wish: ExportTo): Promise<Job> {
  const output = await new Outputs({ overwrite: wish.overwrite, keep: rooms.keep }).file(wish.path);
  const boards = namedBoards(rooms);
  const chosen = boards.filter(({ id }) => wish.boardIds.includes(id));
  return rooms.jobs.start({
    kind: 'export',
    title: `Export what boards recorded to ${basename(wish.path)}`,
    reads: wish.boardIds.length === 0 ? ['records of all boards'] : few(chosen.map(({ name }) => name)),
    writes: [wish.path],
    canPause: false,
    async run(context): Promise<ExportResult> {
      const filled = await output.fill(async (beside) => {
        const rows = await telling(context, beside, () =>
          writeTelemetry(rooms.store, boards, wish, beside, context.signal),
        );
        return { rows, bytes: (await stat(beside)).size };
      });
      context.progress(1, `${grouped(filled.rows)} rows`);
      return { kind: 'export', path: wish.path, ...filled };
    },
  });
}

/** As tables name them: by the person's name, where there is one. */
export function namedBoards({ fleet, details }: Pick<ExportRooms, 'fleet' | 'details'>): NamedBoard[] {
  return fleet.boards().map(({ id, name }) => {
    const { name: given, site } = details.of(id);
    return { id, name: given || name, site, group: details.groupOf(id)?.name ?? '' };
  });
}

/** How large it will be nobody knows before it is written. */
async function telling<T>(context: JobContext, beside: string, work: () => Promise<T>): Promise<T> {
  context.progress(null, 'reading the store');
  const look = async (): Promise<void> => {
    const { size } = await stat(beside);
    if (size > 0) context.progress(null, `${inOne(bytesText(size))} written`);
  };
  const timer = setInterval(() => void look().catch(() => undefined), lookEveryMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

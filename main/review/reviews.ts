/** Samples of what runs found, drawn to be decided by people, and their decisions. */
import { randomUUID } from 'node:crypto';
import { Random } from '../../models/training/random.ts';
import { CurlewError } from '../contract/error.ts';
import { allOf, pageLimit } from '../contract/pieces.ts';
import type { Background } from '../background/background.ts';
import type { Provenance } from '../jobs/classify/contract/provenance.ts';
import { requireFinished } from '../jobs/classify/require-classification.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { LabelledSet } from '../labelled-sets/contract.ts';
import { writeSet, type SetWish } from '../labelled-sets/write-set.ts';
import { allocate } from './allocate.ts';
import type {
  AppliedThresholds,
  ReviewDecision,
  ReviewItem,
  ReviewSet,
  ReviewStatistics,
  ThresholdRule,
} from './contract/rows.ts';
import { reviewColumns, reviewedClips } from './labelled-set.ts';
import type { ReviewStore } from './review-store.ts';
import { thresholdsOf } from './thresholds.ts';

interface Draw {
  jobId: string;
  labels?: string[] | undefined;
  size: number;
  seed: number;
  edges: readonly number[];
}

interface LabelledSetWish extends SetWish {
  marginS: number;
  background?: string | undefined;
}

export interface ReviewRooms {
  jobs: Pick<Jobs, 'get'>;
  reviews: ReviewStore;
  background: Background;
  /** How a run was made, as it was kept; null where it was not. */
  provenance: (jobId: string) => Promise<unknown>;
  /** Files and folders that nothing is written over. */
  keep: readonly string[];
  /** Of Curlew. */
  version: string;
  wallMs: () => number;
}

/** Every method throws CurlewError STORE_FAILED, and REQUEST_INVALID for a set or an item that is not there. */
export class Reviews {
  constructor(private readonly rooms: ReviewRooms) {}

  /** @throws CurlewError JOB_NOT_FOUND, JOB_STATE; REQUEST_INVALID where a class has no detection */
  async create({ jobId, labels, size, seed, edges }: Draw): Promise<ReviewSet> {
    const { reviews, wallMs } = this.rooms;
    const job = requireFinished(this.rooms.jobs, jobId, 'a sample is drawn');
    const found = await reviews.strata(job.id, labels, edges);
    const absent = [...new Set(labels)].filter((label) => found.every((one) => one.label !== label));
    if (absent.length > 0 || found.length === 0)
      throw new CurlewError(
        'REQUEST_INVALID',
        absent.length > 0
          ? `“${job.title}” detected no ${absent.join(', no ')}: name classes that it detected.`
          : `“${job.title}” detected nothing: there is nothing to review.`,
        { jobId: job.id, absent },
      );
    const sizes = allocate(
      found.map(({ population }) => population),
      size,
    );
    const strata = found.map((stratum, i) => ({ ...stratum, drawn: sizes[i]! }));
    const items = await reviews.draw(job.id, strata, edges, seed);
    const createdMs = wallMs();
    const set = { id: randomUUID(), jobId: job.id, createdMs, seed, size: items.length, strata };
    // In no order that would tell a reviewer what the model thought.
    await reviews.keep(set, new Random(seed).shuffle(items));
    return { ...set, reviewers: [] };
  }

  async list(page: Parameters<ReviewStore['list']>[0]): Promise<ReviewSet[]> {
    return this.rooms.reviews.list(page);
  }

  /** @param setId or its beginning, which no other set's begins with */
  async get(setId: string): Promise<ReviewSet> {
    const set = await this.rooms.reviews.get(setId);
    if (set) return set;
    const [one, ...others] = await this.rooms.reviews.beginning(setId);
    if (one && others.length === 0) return one;
    if (one)
      throw new CurlewError('REQUEST_INVALID', `Several sets begin with “${setId}”; write more of the id.`, {
        setIds: [one, ...others].map(({ id }) => id),
      });
    throw new CurlewError('REQUEST_INVALID', `There is no review set “${setId}”.`, { setId });
  }

  async items(setId: string, page: Parameters<ReviewStore['items']>[1]): Promise<ReviewItem[]> {
    const { id } = await this.get(setId);
    return this.rooms.reviews.items(id, page);
  }

  async decide(setId: string, number: number, decided: Omit<ReviewDecision, 'atMs'>): Promise<ReviewItem> {
    const { reviews, wallMs } = this.rooms;
    const { id, size } = await this.get(setId);
    await reviews.decide(id, number, { ...decided, atMs: wallMs() });
    const [item] = await reviews.items(id, { after: number - 1, limit: 1 });
    if (item) return item;
    throw new CurlewError('REQUEST_INVALID', `The set has the numbers 1 to ${size}, not ${number}.`, {
      setId,
      number,
    });
  }

  async undo(setId: string, reviewer: string): Promise<ReviewItem | null> {
    const { id } = await this.get(setId);
    const number = await this.rooms.reviews.undo(id, reviewer, this.rooms.wallMs());
    if (number === null) return null;
    const [item] = await this.rooms.reviews.items(id, { after: number - 1, limit: 1 });
    return item ?? null;
  }

  /** @param precision that is wished, between 0 and 1 */
  async statistics(setId: string, precision: number): Promise<ReviewStatistics> {
    const set = await this.get(setId);
    const items = await this.allItems(set.id);
    const judged = items.map(({ stratum, decisions, detection: { peak } }) => ({
      ...{ stratum, decisions, detection: { peak } },
    }));
    return this.rooms.background.run('reviewStatistics', set.strata, judged, precision);
  }

  /** @param precision that is wished, between 0 and 1 @throws CurlewError REQUEST_INVALID where nothing was decided */
  async apply(setId: string, precision: number, rule: ThresholdRule): Promise<AppliedThresholds> {
    const { jobId, id } = await this.get(setId);
    const classes = thresholdsOf((await this.statistics(id, precision)).classes, precision, rule);
    if (classes.length === 0)
      throw new CurlewError(
        'REQUEST_INVALID',
        'Nothing of this sample has been found true or false yet: decide some of it first.',
        { setId },
      );
    const applied = { jobId, setId: id, atMs: this.rooms.wallMs(), precision, rule, classes };
    await this.rooms.reviews.apply(jobId, applied);
    return applied;
  }

  /** @throws CurlewError JOB_NOT_FOUND */
  async applied(jobId: string): Promise<AppliedThresholds | null> {
    return this.rooms.reviews.applied(this.rooms.jobs.get(jobId).id);
  }

  /** @throws CurlewError JOB_NOT_FOUND */
  async takeBack(jobId: string): Promise<null> {
    await this.rooms.reviews.apply(this.rooms.jobs.get(jobId).id, null);
    return null;
  }

  /**
   * @param wish of places that may be written to and read
   * @throws CurlewError of `reviewedClips` and `writeSet`
   */
  async labelledSet(setId: string, wish: LabelledSetWish): Promise<LabelledSet> {
    const { background, keep, version, provenance } = this.rooms;
    const rooms = { background, keep };
    const { reviewers, strata, ...set } = await this.get(setId);
    const run = (await provenance(set.jobId)) as Provenance | null;
    const { marginS, background: none, beside } = wish;
    const told = {
      ...{ writtenBy: `Curlew ${version}`, marginS, background: none, beside },
      ...{ sample: { ...set, reviewers, strata }, run },
    };
    const { clips, leftOut } = reviewedClips(await this.allItems(set.id), marginS, none ?? null);
    const text = `${JSON.stringify(told, null, 2)}\n`;
    return { ...(await writeSet(rooms, clips, reviewColumns, wish, text, run?.paths ?? [])), leftOut };
  }

  private allItems(setId: string): Promise<ReviewItem[]> {
    return allOf<ReviewItem>((last) =>
      this.rooms.reviews.items(setId, { after: last?.number, limit: pageLimit }),
    );
  }
}

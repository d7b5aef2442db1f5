/**
 * What images are called and what their classes are: of every image that this lab has deployed, has in a bank, or has
 * seen at work on a board. It is kept for good, so that what an expert recorded can be named when no bank has it any more.
 */
import type { TelemetryRecord } from '../contract/types.ts';
import type { Store } from './open-store.ts';

export interface KnownImage {
  kind: 'expert' | 'router' | 'encoder';
  /** Hex, without a signature. */
  sha256: string;
  name: string;
  version: number;
  /** Null where nobody has told them yet. */
  labels: readonly string[] | null;
  /** How many experts a router lets answer together; null where that is not known, and of all else. */
  topK: number | null;
}

/** Null where the lab does not know the image. */
export interface RecordNames {
  expertName: string | null;
  /** Null also for a record of no class. */
  className: string | null;
}

export interface KnownImages {
  /** Durable when it resolves; what was known and is not told again stays. */
  keep(images: readonly KnownImage[]): Promise<void>;
  /** @param sha256 whole, or its first 16 digits at least */
  of(sha256: string): KnownImage | null;
  /** What answered a record, and what it heard, by their names. */
  namesOf(record: Pick<TelemetryRecord, 'expert' | 'classIndex'>): RecordNames;
}

const key = (sha256: string) => sha256.slice(0, 16);

export async function knownImages(store: Store): Promise<KnownImages> {
  const rows = await store.transaction(async (connection) =>
    (
      await connection.runAndReadAll(
        'SELECT kind, sha256, name, version, labels::VARCHAR AS labels, top_k AS "topK" FROM images',
      )
    ).getRowObjectsJS(),
  );
  const images = new Map<string, KnownImage>();
  for (const { labels, ...row } of rows) {
    const image = {
      ...row,
      labels: labels === null ? null : (JSON.parse(labels as string) as string[]),
    } as KnownImage;
    images.set(key(image.sha256), image);
  }

  const of: KnownImages['of'] = (sha256) => images.get(key(sha256)) ?? null;

  return {
    of,
    async keep(told) {
      const fresh = told.flatMap((image): KnownImage[] => {
        const known = of(image.sha256);
        const whole = {
          ...image,
          labels: image.labels ?? known?.labels ?? null,
          topK: image.topK ?? known?.topK ?? null,
        };
        const same = known && (known.labels !== null || !whole.labels) && known.topK === whole.topK;
        return same ? [] : [whole];
      });
      if (fresh.length === 0) return;
      await store.transaction(async (connection) => {
        for (const { kind, sha256, name, version, labels, topK } of fresh) {
          await connection.run('INSERT OR REPLACE INTO images VALUES ($1, $2, $3, $4, $5, $6)', [
            ...[sha256, kind, name, version, labels && JSON.stringify(labels), topK],
          ]);
        }
      });
      for (const image of fresh) images.set(key(image.sha256), image);
    },
    namesOf({ expert, classIndex }) {
      const image = of(expert);
      return { expertName: image?.name ?? null, className: image?.labels?.[classIndex] ?? null };
    },
  };
}

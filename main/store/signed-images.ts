/**
 * Which image lies under which signature: boards name what they hold by the hash of all its bytes, a signature
 * included; people and the bank know the image.
 */
import type { Store } from './open-store.ts';

export interface SignedImages {
  keep(sha256: string, imageSha256: string): Promise<void>;
  /** @param sha256 as a board tells it, whole or its first 16 digits @returns as many digits of the image's */
  imageOf(sha256: string): string;
}

const key = (sha256: string) => sha256.slice(0, 16);

export async function signedImages(store: Store): Promise<SignedImages> {
  const rows = await store.transaction(async (connection) =>
    (await connection.runAndReadAll('SELECT sha256, image_sha256 FROM signed_images')).getRowsJS(),
  );
  const images = new Map(rows.map(([sha256, image]) => [key(sha256 as string), image as string]));
  return {
    async keep(sha256, imageSha256) {
      if (images.get(key(sha256)) === imageSha256) return;
      await store.transaction((connection) =>
        connection.run('INSERT OR REPLACE INTO signed_images VALUES ($1, $2)', [sha256, imageSha256]),
      );
      images.set(key(sha256), imageSha256);
    },
    imageOf: (sha256) => images.get(key(sha256))?.slice(0, sha256.length) ?? sha256,
  };
}

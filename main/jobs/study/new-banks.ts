import type { ImageName } from '../../banks/versions.ts';

/** What the lab knows of banks to be made. */
export interface NewBanks {
  /** The version of images that are made together. */
  nextVersion(images: readonly ImageName[]): Promise<number>;
  /** The folder for a new bank. @throws CurlewError REQUEST_INVALID where the name is taken */
  folder(name: string): Promise<string>;
  /** Takes in a bank that was written to `folder(name)`. @throws CurlewError as Banks.add */
  add(name: string): Promise<void>;
}

/**
 * Versions of images: each that is made gets a higher one than any that this lab knows of its kind and name, so that
 * boards under roll-back protection take it. Known are those of the lab's banks, deleted ones included, and those that
 * lie on its boards.
 */
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { CurlewError } from '../contract/error.ts';
import { writeDurably } from '../write-durably.ts';

export interface ImageName {
  readonly kind: 'expert' | 'router' | 'encoder';
  /** As the image has it. */
  readonly name: string;
}

export interface VersionedImage extends ImageName {
  readonly version: number;
}

/** A version is a u32; one that a board tells and that leaves no room to rise is not believed. */
const mostBelieved = 2 ** 31;

const schema = v.record(v.string(), v.pipe(v.number(), v.integer(), v.minValue(0)));

export class KnownVersions {
  /** By kind and name. */
  readonly #highest = new Map<string, number>();
  readonly #onBoards = new Map<string, readonly VersionedImage[]>();
  #written: Promise<void> = Promise.resolve();

  private constructor(private readonly file: string | null) {}

  /**
   * @param file keeps what is noted; null: nothing is kept
   * @throws CurlewError FILE_DAMAGED
   */
  static async open(file: string | null): Promise<KnownVersions> {
    const known = new KnownVersions(file);
    if (file === null) return known;
    const text = await readFile(file, 'utf8').catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code === 'ENOENT') return '{}';
      throw thrown;
    });
    try {
      for (const [key, version] of Object.entries(v.parse(schema, JSON.parse(text)))) {
        known.#highest.set(key, version);
      }
    } catch (cause) {
      throw new CurlewError(
        'FILE_DAMAGED',
        `${file} does not say which versions of images this lab has made. Fetch it from a backup, or delete it: then ` +
          'versions rise from those of the banks that are there.',
        { file },
        { cause },
      );
    }
    return known;
  }

  /** The version of images that are made together, at least 1. */
  next(images: readonly ImageName[]): number {
    const boards = [...this.#onBoards.values()].flat();
    const known = images.map((image) =>
      Math.max(
        this.#highest.get(keyOf(image)) ?? 0,
        ...boards.filter((one) => keyOf(one) === keyOf(image)).map(({ version }) => version),
      ),
    );
    return 1 + Math.max(0, ...known);
  }

  /** Durable when it resolves. */
  async note(images: readonly VersionedImage[]): Promise<void> {
    const higher = images.filter((one) => one.version > (this.#highest.get(keyOf(one)) ?? -1));
    if (higher.length === 0) return;
    for (const one of higher) {
      this.#highest.set(keyOf(one), Math.max(one.version, this.#highest.get(keyOf(one)) ?? 0));
    }
    const { file } = this;
    if (file === null) return;
    const write = () => writeDurably(file, `${JSON.stringify(Object.fromEntries(this.#highest), null, 2)}\n`);
    this.#written = this.#written.then(write, write);
    await this.#written;
  }

  /** What lies on a board, in place of what lay there before. */
  saw(boardId: string, images: readonly VersionedImage[]): void {
    this.#onBoards.set(
      boardId,
      images.filter(({ version }) => version < mostBelieved),
    );
  }
}

const keyOf = ({ kind, name }: ImageName): string => `${kind} ${name}`;

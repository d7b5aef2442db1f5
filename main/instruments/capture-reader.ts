/** Reads a capture that lies on disk, one that is being written too: any stretch of samples, and what any comes to. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { fileError } from '../regular-file.ts';
import { CurlewError } from '../contract/error.ts';
import { levelNames, levelSamples, newSamples, Page, pageBytes, pageSamples, samplesName } from './pages.ts';
import { gap, Totals, totalsBytes, type Samples } from './totals.ts';

const cachedEntries = 64;

export class CaptureReader {
  private readonly files: number[];
  private readonly page = new Page();
  private pageFirst = -1;
  /** Of each level the entries that were read last: the next ones asked for lie beside them. */
  private readonly cache = levelSamples.map(() => ({ block: -1, view: new DataView(new ArrayBuffer(0)) }));
  /** Entries of each level on disk. */
  private readonly entries: number[];
  /** That can be read. */
  readonly samples: number;

  /** @throws CurlewError FILE_NOT_FOUND, FILE_UNREADABLE */
  constructor(private readonly folder: string) {
    const opened: number[] = [];
    try {
      for (const name of [samplesName, ...levelNames]) opened.push(openSync(join(folder, name), 'r'));
    } catch (thrown) {
      for (const file of opened) closeSync(file);
      throw fileError(folder, thrown);
    }
    this.files = opened;
    // Levels first: what they tell of lies in pages that are there.
    this.entries = levelSamples.map((_samples, level) => Math.floor(this.size(level + 1) / totalsBytes));
    const pages = Math.floor(this.size(0) / pageBytes);
    this.samples = pages === 0 ? 0 : (pages - 1) * pageSamples + this.countIn((pages - 1) * pageSamples);
  }

  close(): void {
    for (const file of this.files) closeSync(file);
  }

  /** Calls back with stretches of a page at most, one after another. */
  each(
    from: number,
    to: number,
    take: (block: Samples, from: number, to: number, first: number) => void,
  ): void {
    const end = Math.min(to, this.samples);
    for (let at = Math.max(0, from); at < end;) {
      const first = at - (at % pageSamples);
      this.load(first);
      const until = Math.min(end, first + pageSamples);
      take(this.page.samples, at - first, until - first, at);
      at = until;
    }
  }

  /** A copy of a stretch that is short enough to be held. */
  read(from: number, to: number): Samples {
    const all = newSamples(Math.max(0, Math.min(to, this.samples) - from));
    this.each(from, to, (block, start, end, first) => {
      all.currents.set(block.currents.subarray(start, end), first - from);
      all.logic.set(block.logic.subarray(start, end), first - from);
      all.ranges.set(block.ranges.subarray(start, end), first - from);
    });
    return all;
  }

  /** What a stretch comes to, by as few reads as the levels allow. */
  totals(from: number, to: number): Totals {
    const all = new Totals();
    const end = Math.min(to, this.samples);
    for (let at = Math.max(0, from); at < end;) {
      let level = levelSamples.length - 1;
      while (level >= 0 && !this.isWhole(level, at, end)) level--;
      if (level >= 0) {
        all.add(this.entry(level, at / levelSamples[level]!));
        at += levelSamples[level]!;
        continue;
      }
      const until = Math.min(end, at - (at % levelSamples[0]) + levelSamples[0]);
      let before = NaN;
      if (at > 0) this.each(at - 1, at, (block, start) => (before = currentAt(block, start)));
      this.each(at, until, (block, start, stop) => all.take(block, start, stop, before));
      at = until;
    }
    return all;
  }

  /** Entries of a level that begin in the stretch, as far as they are on disk. */
  eachEntry(level: number, from: number, to: number, take: (one: Totals, first: number) => void): void {
    const size = levelSamples[level]!;
    const end = Math.min(Math.ceil(Math.min(to, this.samples) / size), this.entries[level]!);
    const many = 4096;
    for (let at = Math.floor(from / size); at < end; at += many) {
      const bytes = this.entryBytes(level, at, Math.min(many, end - at));
      const view = new DataView(bytes.buffer);
      for (let i = 0; i * totalsBytes < bytes.length; i++)
        take(Totals.read(view, i * totalsBytes), (at + i) * size);
    }
  }

  entry(level: number, index: number): Totals {
    const block = index - (index % cachedEntries);
    const cached = this.cache[level]!;
    if (cached.block !== block) {
      const count = Math.min(cachedEntries, this.entries[level]! - block);
      this.cache[level] = { block, view: new DataView(this.entryBytes(level, block, count).buffer) };
    }
    return Totals.read(this.cache[level]!.view, (index - block) * totalsBytes);
  }

  hasEntry(level: number, index: number): boolean {
    return index < this.entries[level]!;
  }

  private isWhole(level: number, at: number, end: number): boolean {
    const size = levelSamples[level]!;
    return at % size === 0 && at + size <= end && this.hasEntry(level, at / size);
  }

  private entryBytes(level: number, index: number, count: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(count * totalsBytes);
    readSync(this.files[level + 1]!, bytes, 0, bytes.length, index * totalsBytes);
    return bytes;
  }

  private load(first: number): void {
    if (this.pageFirst !== first) this.countIn(first);
  }

  private countIn(first: number): number {
    this.pageFirst = -1;
    readSync(this.files[0]!, this.page.bytes, 0, pageBytes, (first / pageSamples) * pageBytes);
    const count = this.page.opened(first);
    if (count === null) {
      const second = (first / 100_000).toFixed(1);
      throw new CurlewError(
        'FILE_DAMAGED',
        `The capture in ${this.folder} is damaged ${second} s from its beginning: its checksum does not fit.`,
        { folder: this.folder, first },
      );
    }
    this.pageFirst = first;
    return count;
  }

  private size(file: number): number {
    return fstatSync(this.files[file]!).size;
  }
}

const currentAt = (block: Samples, at: number): number =>
  block.ranges[at] === gap ? NaN : block.currents[at]!;

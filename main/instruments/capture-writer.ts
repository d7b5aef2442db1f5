/** Writes a capture, sample by sample, a page at a time; memory stays what a page takes, however long it lasts. */
import { closeSync, fdatasyncSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { LevelWriter } from './levels.ts';
import { levelNames, levelSamples, Page, pageSamples, samplesName, writeWhole } from './pages.ts';
import { gap, Totals } from './totals.ts';

const stretch = levelSamples[0];

export class CaptureWriter {
  private readonly page = new Page();
  private readonly files: number[];
  private readonly levels: LevelWriter;
  /** Samples in the page that is open, and of them those whose stretches were ended. */
  private inPage = 0;
  private ended = 0;
  private before = NaN;
  private first = 0;
  private closed = false;

  /** @param folder made where it is not there @throws what the file system does */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.files = [samplesName, ...levelNames].map((name) => openSync(join(folder, name), 'w', 0o600));
    this.levels = new LevelWriter((level, bytes) => writeWhole(this.files[level + 1]!, bytes));
  }

  /** So far, lost ones among them. */
  get samples(): number {
    return this.first + this.inPage;
  }

  /** Of what has been ended: a few milliseconds less than all. */
  get totals(): Totals {
    return this.levels.all;
  }

  /** @param current amperes @throws what the file system does */
  sample(current: number, logic: number, range: number): void {
    const at = this.inPage++;
    const { currents, logic: inputs, ranges } = this.page.samples;
    currents[at] = current;
    inputs[at] = logic;
    ranges[at] = range;
    if (this.inPage - this.ended === stretch) this.endStretch();
    if (this.inPage === pageSamples) this.endPage();
  }

  lost(samples: number): void {
    for (let i = 0; i < samples; i++) this.sample(NaN, 0, gap);
  }

  /** Idempotent. @throws what the file system does */
  end(): void {
    if (this.closed) return;
    this.closed = true;
    try {
      if (this.inPage > this.ended) this.endStretch();
      if (this.inPage > 0) this.endPage();
      this.levels.end();
      for (const file of this.files) fdatasyncSync(file);
    } finally {
      for (const file of this.files) closeSync(file);
    }
  }

  private endStretch(): void {
    const totals = new Totals();
    totals.take(this.page.samples, this.ended, this.inPage, this.before);
    this.before = this.page.samples.currents[this.inPage - 1]!;
    this.ended = this.inPage;
    this.levels.take(totals);
  }

  private endPage(): void {
    writeWhole(this.files[0]!, this.page.seal(this.first, this.inPage));
    this.levels.flush();
    this.first += this.inPage;
    this.inPage = this.ended = 0;
  }
}

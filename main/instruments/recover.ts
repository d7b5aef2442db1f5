/** A capture whose lab died: what is not whole at its end is taken off, and what stretches come to is made anew. */
import { closeSync, fstatSync, ftruncateSync, openSync, readSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { LevelWriter } from './levels.ts';
import { levelNames, levelSamples, Page, pageBytes, pageSamples, samplesName, writeWhole } from './pages.ts';
import { Totals } from './totals.ts';

/** @returns what all of it comes to @throws what the file system does */
export function recoverCapture(folder: string): Totals {
  const samples = openSync(join(folder, samplesName), 'r+');
  const beside = levelNames.map((name) => join(folder, `${name}.new`));
  const files: number[] = [];
  try {
    for (const path of beside) files.push(openSync(path, 'w', 0o600));
    const levels = new LevelWriter((level, bytes) => writeWhole(files[level]!, bytes));
    const page = new Page();
    let before = NaN;
    const pages = Math.floor(fstatSync(samples).size / pageBytes);
    let whole = 0;
    for (; whole < pages; whole++) {
      readSync(samples, page.bytes, 0, pageBytes, whole * pageBytes);
      const count = page.opened(whole * pageSamples);
      if (count === null) break;
      for (let at = 0; at < count; at += levelSamples[0]) {
        const to = Math.min(count, at + levelSamples[0]);
        const one = new Totals();
        one.take(page.samples, at, to, before);
        before = page.samples.currents[to - 1]!;
        levels.take(one);
      }
    }
    levels.end();
    ftruncateSync(samples, whole * pageBytes);
    for (const [level, path] of beside.entries()) renameSync(path, join(folder, levelNames[level]!));
    return levels.all;
  } finally {
    for (const file of [samples, ...files]) closeSync(file);
  }
}

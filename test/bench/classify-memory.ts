/**
 * What classifying takes in memory: a recording of 24 h at 48 kHz (8.3 GB, RF64), then a folder of 100,000 files, and how
 * soon the first result of that is kept. Growth is counted from before the first of both.
 */
import { link, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Banks } from '../../main/banks/banks.ts';
import { grouped } from '../../main/contract/figures.ts';
import { usualSettings } from '../../main/jobs/classify/contract/settings.ts';
import { noise, wavBytes } from '../../main/recordings/testing.ts';
import { resources } from '../../main/resources.ts';
import { openStore } from '../../main/store/open-store.ts';
import { classified, writeNoise } from '../classified-here.ts';
import type { Bench } from './run.ts';

const files = 100_000;
const filesInFolder = 1000;
/** Sounds of the folder: each lies there as often as it takes. */
const sounds = 100;

export const bench: Bench = async (say) => {
  const folder = await mkdtemp(join(tmpdir(), 'curlew-bench-'));
  const store = await openStore(join(folder, 'lab.duckdb'));
  try {
    const day = join(folder, 'day.wav');
    await writeNoise(day, { sampleRate: 48_000, seconds: 24 * 3600, rf64: true });
    await writeFolder(join(folder, 'card'));
    const bank = await Banks.open(resources.bank);
    const { id } = bank.experts[0]!;
    const before = process.memoryUsage.rss();
    const grown = ({ peakBytes }: { peakBytes: number }) => (peakBytes - before) / 1e6;

    const long = await classified(store, bank, id, { paths: [day], settings: usualSettings });
    const { audioSeconds, wallSeconds } = long.done;
    say(
      `24 h at 48 kHz: ${grown(long).toFixed(0)} MB more at the most, ${(audioSeconds / wallSeconds).toFixed(0)} × real time`,
    );
    await rm(day);
    // Of the same bytes, and heard all the same.
    const settings = { ...usualSettings, skipCopies: false };
    const many = await classified(store, bank, id, { paths: [join(folder, 'card')], settings });
    say(
      `${grouped(many.done.files)} files: ${grown(many).toFixed(0)} MB more at the most, the first kept after ${many.firstResultMs.toFixed(0)} ms, all after ${many.done.wallSeconds.toFixed(0)} s`,
    );
    return {
      peak_growth_mb: Math.max(grown(long), grown(many)),
      day_peak_growth_mb: grown(long),
      folder_peak_growth_mb: grown(many),
      files_listed: many.done.files,
      first_result_ms: many.firstResultMs,
    };
  } finally {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
};

async function writeFolder(folder: string): Promise<void> {
  await mkdir(join(folder, 'sounds'), { recursive: true });
  for (let i = 0; i < sounds; i++)
    await writeFile(join(folder, 'sounds', `${i}.wav`), wavBytes([noise(16_000, i + 1)]));
  for (let i = sounds; i < files; i++) {
    const into = join(folder, String(Math.floor(i / filesInFolder)).padStart(3, '0'));
    if (i % filesInFolder === 0 || i === sounds) await mkdir(into, { recursive: true });
    await link(join(folder, 'sounds', `${i % sounds}.wav`), join(into, `${i}.wav`));
  }
}

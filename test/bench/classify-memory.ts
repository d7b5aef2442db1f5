/**
 * What classifying takes in memory: a recording of 24 h at 48 kHz (8.3 GB, RF64), and a folder of 100,000 files, and how
 * soon the first result of each is kept. Each in a process of its own, whose growth is counted from just before: what one
 * has taken and not given back must neither hide nor swell what the other takes.
 */
import { spawnSync } from 'node:child_process';
import { link, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Banks } from '../../main/banks/banks.ts';
import type { ClassifySettings } from '../../main/contract/types.ts';
import { grouped } from '../../main/contract/figures.ts';
import { usualSettings } from '../../main/jobs/classify/contract/settings.ts';
import { noise, wavBytes } from '../../main/recordings/testing.ts';
import { resources } from '../../main/resources.ts';
import { openStore } from '../../main/store/open-store.ts';
import { classified, writeNoise } from '../classified-here.ts';
import type { Bench, Figures } from './run.ts';

const files = 100_000;
const filesInFolder = 1000;
/** Sounds of the folder: each lies there as often as it takes. */
const sounds = 100;

interface Measured {
  what: string;
  /** Makes what is classified. */
  write(path: string): Promise<void>;
  settings: ClassifySettings;
}

const parts = {
  day: {
    what: '24 h at 48 kHz',
    write: (path) => writeNoise(path, { sampleRate: 48_000, seconds: 24 * 3600, rf64: true }),
    settings: usualSettings,
  },
  folder: {
    what: `${grouped(files)} files`,
    write: writeFolder,
    // Of the same bytes, and heard all the same.
    settings: { ...usualSettings, skipCopies: false },
  },
} satisfies Record<string, Measured>;

export const bench: Bench = async (say) => {
  const [, script, name, part] = process.argv;
  if (part === 'day' || part === 'folder') return measured(part, say);
  const all = (Object.keys(parts) as (keyof typeof parts)[]).map((one) => {
    const { status, stdout } = spawnSync(process.execPath, [...process.execArgv, script!, name!, one], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = stdout.trimEnd().split('\n');
    if (status !== 0) throw new Error(`The ${one} was not measured.`);
    lines.slice(0, -1).forEach(say);
    return (JSON.parse(lines.at(-1)!) as { figures: Figures }).figures;
  });
  const figures: Figures = Object.assign({}, ...all);
  return {
    peak_growth_mb: Math.max(figures['day_peak_growth_mb']!, figures['folder_peak_growth_mb']!),
    ...figures,
  };
};

async function measured(part: keyof typeof parts, say: (line: string) => void): Promise<Figures> {
  const { what, write, settings }: Measured = parts[part];
  const folder = await mkdtemp(join(tmpdir(), 'curlew-bench-'));
  const store = await openStore(join(folder, 'lab.duckdb'));
  try {
    const path = join(folder, part === 'day' ? 'day.wav' : 'card');
    await write(path);
    const bank = await Banks.open(resources.bank);
    const before = process.memoryUsage.rss();
    const { done, peakBytes, firstResultMs } = await classified(store, bank, bank.experts[0]!.id, {
      paths: [path],
      settings,
    });
    const growth = (peakBytes - before) / 1e6;
    const times = (done.audioSeconds / done.wallSeconds).toFixed(0);
    say(
      `${what}: ${growth.toFixed(0)} MB more at the most, the first result kept after ${firstResultMs.toFixed(0)} ms, all after ${done.wallSeconds.toFixed(0)} s, ${times} × real time, load ${loadavg()[0]!.toFixed(1)}`,
    );
    return {
      [`${part}_peak_growth_mb`]: growth,
      [`${part}_first_result_ms`]: firstResultMs,
      ...(part === 'folder' && { files_listed: done.files }),
    };
  } finally {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}

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

/** For benchmarks: a classification in this process, without a lab around it, and what it cost. */
import { randomUUID } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import type { Banks } from '../main/banks/banks.ts';
import { imagesOfModel } from '../main/banks/model-images.ts';
import type { ClassifyResult, ClassifySettings } from '../main/contract/types.ts';
import { classify } from '../main/jobs/classify/classify-job.ts';
import { expertGrid } from '../main/jobs/classify/grid.ts';
import { noise, wavBytes } from '../main/recordings/testing.ts';
import { resources } from '../main/resources.ts';
import type { Store } from '../main/store/open-store.ts';
import { resultStore } from '../main/store/result-store.ts';

export interface Classified {
  jobId: string;
  done: ClassifyResult;
  /** The largest resident set of this process on the way, bytes, looked at every 50 ms. */
  peakBytes: number;
  /** From the start to the first result that was kept, milliseconds. */
  firstResultMs: number;
}

/** With as many threads as there are cores. */
export async function classified(
  store: Store,
  bank: Banks,
  modelId: string,
  { paths, settings }: { paths: string[]; settings: ClassifySettings },
): Promise<Classified> {
  const results = resultStore(store);
  const { classes, name } = bank.expert(modelId);
  const jobId = randomUUID();
  let peakBytes = process.memoryUsage.rss();
  const watch = setInterval(() => (peakBytes = Math.max(peakBytes, process.memoryUsage.rss())), 50);
  let firstResultMs = Infinity;
  const began = performance.now();
  const kept = () => (firstResultMs = Math.min(firstResultMs, performance.now() - began));
  const work = {
    params: { paths, modelId, settings },
    answering: {
      ...{ classes, experts: [name], routed: false, mostWindows: null },
      grid: expertGrid(settings.hopFrames),
    },
    input: {
      model: {
        kind: 'engine' as const,
        wasm: await readFile(resources.engine),
        images: await imagesOfModel(bank, modelId),
      },
      stood: { timeZone: null, sites: [] },
    },
    results: {
      ...results,
      keepPart: (...part: Parameters<typeof results.keepPart>) => results.keepPart(...part).finally(kept),
      keep: (...found: Parameters<typeof results.keep>) => results.keep(...found).finally(kept),
    },
    allowed: async () => true,
    workers: undefined,
    watch: null,
  };
  const context = {
    jobId,
    signal: new AbortController().signal,
    resumedFrom: null,
    progress: () => undefined,
    checkpoint: async () => undefined,
    pausePoint: async () => undefined,
  };
  try {
    return { jobId, done: await classify(work, context), peakBytes, firstResultMs };
  } finally {
    clearInterval(watch);
  }
}

/**
 * Ten seconds of noise, 16 bits, one channel, over and over, behind a header for the whole length.
 * @param options `rf64`: as such, for what is longer than 4 GiB
 */
export async function writeNoise(
  path: string,
  { sampleRate, seconds, rf64 = false }: { sampleRate: number; seconds: number; rf64?: boolean },
): Promise<void> {
  const dataBytes = 2 * sampleRate * seconds;
  const claimedBytes = rf64 ? undefined : dataBytes;
  const piece = Buffer.from(
    wavBytes([noise(sampleRate * 10)], { sampleRate, rf64, ...(claimedBytes && { claimedBytes }) }),
  );
  const headerBytes = piece.length - sampleRate * 20;
  // “RF64”, its size, “WAVE”, “ds64”, its size, then the sizes of all and of the data.
  if (rf64) piece.writeBigUInt64LE(BigInt(dataBytes), 28);
  const file = await open(path, 'w');
  try {
    await file.write(piece);
    for (let at = 10; at < seconds; at += 10) await file.write(piece, headerBytes);
  } finally {
    await file.close();
  }
}

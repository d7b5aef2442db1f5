/**
 * How fast recordings are classified, by all cores: an hour of 48 kHz WAV, the same as FLAC where `flac` is installed,
 * with the shipped expert; what each stage takes of the processor; and today's engine against the reference graph that it
 * replaced, one thread each.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Banks } from '../../main/banks/banks.ts';
import { usualSettings } from '../../main/jobs/classify/contract/settings.ts';
import { resources } from '../../main/resources.ts';
import { resultStore } from '../../main/store/result-store.ts';
import { openStore, type Store } from '../../main/store/open-store.ts';
import { classified, writeNoise } from '../classified-here.ts';
import { classifyStages, stages } from '../classify-stages.ts';
import { engineAgainstGraph } from '../engine-against-graph.ts';
import type { Figures } from './run.ts';

const rate = 48_000;
const seconds = 3_600;
/** Of what the stages are measured on, one by one. */
const shortSeconds = 300;

export async function bench(say: (line: string) => void): Promise<Figures> {
  const folder = await mkdtemp(join(tmpdir(), 'curlew-bench-'));
  const store = await openStore(join(folder, 'lab.duckdb'));
  try {
    const bank = await Banks.open(resources.bank);
    const { id, name } = bank.experts[0]!;
    say(`${name}, ${availableParallelism()} cores, load ${loadavg()[0]!.toFixed(1)} at the beginning`);
    const wav = join(folder, 'hour.wav');
    await writeNoise(wav, { sampleRate: rate, seconds });
    const figures = await shares(store, bank, id, wav);
    say(`WAV, 48 kHz, 16 bits, an hour: ${figures.times_realtime!.toFixed(0)} × real time`);
    const { decode_share, model_share } = figures;
    say(
      `in time of the processor, on which other work counts little: ${figures.times_core!.toFixed(0)} × real time a core`,
    );
    say(
      `of the workers' time ${percent(decode_share!)} reading, decoding and resampling, ${percent(model_share!)} the model`,
    );
    const flac = wav.replace('.wav', '.flac');
    const encoded = encode(wav, flac);
    if (!encoded) say('FLAC was not measured: the program “flac” is not installed');
    const flacFigures = encoded ? await shares(store, bank, id, flac) : null;
    if (flacFigures) {
      say(
        `FLAC, the same: ${flacFigures.times_realtime!.toFixed(0)} × real time, ${flacFigures.times_core!.toFixed(0)} × a core`,
      );
    }
    const short = join(folder, 'short.wav');
    await writeNoise(short, { sampleRate: rate, seconds: shortSeconds });
    await sayStages(say, 'WAV', bank, id, short, figures.times_core!);
    if (flacFigures) {
      const shortFlac = join(folder, 'short.flac');
      encode(short, shortFlac);
      await sayStages(say, 'FLAC', bank, id, shortFlac, flacFigures.times_core!);
    }
    const compared = await engineAgainstGraph(bank, id);
    const times = (ms: number) => ((1000 * compared.seconds) / ms).toFixed(0);
    say(
      `one thread, the shipped clips: engine ${times(compared.engineMs)} × real time, quantized graph ${times(compared.graphMs)} ×`,
    );
    return {
      wav_times_realtime: figures.times_realtime!,
      wav_times_realtime_core: figures.times_core!,
      ...(flacFigures && {
        flac_times_realtime: flacFigures.times_realtime!,
        flac_times_realtime_core: flacFigures.times_core!,
      }),
      speedup_vs_graph: compared.graphMs / compared.engineMs,
      decode_share: decode_share!,
      features_share: model_share! * compared.shares.features,
      model_share: model_share! * (1 - compared.shares.features),
    };
  } finally {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const encode = (wav: string, flac: string): boolean =>
  spawnSync('flac', ['--silent', '--fast', '-o', flac, wav]).status === 0;

/** What a second of sound takes, stage by stage; the rest of the run is threads, what they say to each other, and keeping. */
async function sayStages(
  say: (line: string) => void,
  name: string,
  bank: Banks,
  expertId: string,
  path: string,
  timesCore: number,
): Promise<void> {
  const spent = await classifyStages(bank, expertId, path, shortSeconds);
  const all = 1000 / timesCore;
  const rest = all - stages.reduce((sum, stage) => sum + spent[stage], 0);
  const told = stages.map((stage) => `${stage} ${spent[stage].toFixed(2)}`).join(', ');
  say(
    `${name}, ms of the processor for a second of sound, load ${loadavg()[0]!.toFixed(1)}: ${told}; the run ${all.toFixed(2)}, so ${rest.toFixed(2)} for threads, their start and keeping`,
  );
}

const percent = (share: number) => `${(100 * share).toFixed(0)} %`;

/** One recording as the job classifies it, with all cores; what it took of all of them together as well. */
async function shares(store: Store, bank: Banks, modelId: string, path: string): Promise<Figures> {
  const began = process.cpuUsage();
  const { done, jobId } = await classified(store, bank, modelId, { paths: [path], settings: usualSettings });
  const { user, system } = process.cpuUsage(began);
  const [file] = await resultStore(store).files(jobId, { limit: 1 });
  const work = file!.readMs + file!.modelMs;
  return {
    times_realtime: seconds / done.wallSeconds,
    /** By the time of the processor that all threads took, their start included. */
    times_core: seconds / ((user + system) / 1e6),
    decode_share: file!.readMs / work,
    model_share: file!.modelMs / work,
  };
}

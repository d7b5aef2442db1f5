/**
 * How fast recordings are classified, by all cores: an hour of 48 kHz WAV, the same as FLAC where `flac` is installed,
 * with the shipped expert; and today's engine against the reference graph that it replaced, one thread each.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-web';
import { Engine } from '../../devices/engine/engine.ts';
import { imagesOfModel } from '../../main/banks/model-images.ts';
import { Banks } from '../../main/banks/banks.ts';
import { usualSettings } from '../../main/jobs/classify/contract/settings.ts';
import { noise } from '../../main/recordings/testing.ts';
import { resources } from '../../main/resources.ts';
import { resultStore } from '../../main/store/result-store.ts';
import { openStore, type Store } from '../../main/store/open-store.ts';
import { createReference } from '../../models/reference/reference.ts';
import { classified, writeNoise } from '../classified-here.ts';
import type { Figures } from './run.ts';

const rate = 48_000;
const seconds = 3_600;
const comparedSeconds = 60;

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
      `of the workers' time ${percent(decode_share!)} reading, decoding and resampling, ${percent(model_share!)} the model`,
    );
    const flac = wav.replace('.wav', '.flac');
    const encoded = spawnSync('flac', ['--silent', '--fast', '-o', flac, wav]).status === 0;
    if (!encoded) say('FLAC was not measured: the program “flac” is not installed');
    const flacFigures = encoded ? await shares(store, bank, id, flac) : null;
    if (flacFigures) say(`FLAC, the same: ${flacFigures.times_realtime!.toFixed(0)} × real time`);
    const speedup = await speedupVsGraph(bank, id);
    say(
      `one thread, ${comparedSeconds} s of noise at 16 kHz: engine ${speedup.engine.toFixed(0)} × real time, quantized graph ${speedup.graph.toFixed(0)} ×`,
    );
    return {
      wav_times_realtime: figures.times_realtime!,
      ...(flacFigures && { flac_times_realtime: flacFigures.times_realtime! }),
      speedup_vs_graph: speedup.engine / speedup.graph,
      decode_share: decode_share!,
      features_share: model_share! * speedup.featuresShare,
      model_share: model_share! * (1 - speedup.featuresShare),
    };
  } finally {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const percent = (share: number) => `${(100 * share).toFixed(0)} %`;

/** One recording as the job classifies it, with all cores. */
async function shares(store: Store, bank: Banks, modelId: string, path: string): Promise<Figures> {
  const { done, jobId } = await classified(store, bank, modelId, { paths: [path], settings: usualSettings });
  const [file] = await resultStore(store).files(jobId, { limit: 1 });
  const work = file!.readMs + file!.modelMs;
  return {
    times_realtime: seconds / done.wallSeconds,
    decode_share: file!.readMs / work,
    model_share: file!.modelMs / work,
  };
}

/** × real time of both in this run, one thread each, and which part of the engine's time the log-mel takes. */
async function speedupVsGraph(bank: Banks, modelId: string) {
  const pcm = Int16Array.from(noise(16_000 * comparedSeconds), (x) => Math.round(20_000 * x));
  const engine = await Engine.load(await readFile(resources.engine), await imagesOfModel(bank, modelId));
  const reference = await createReference(ort, await bank.file(modelId, 'quantized.onnx'));
  const answer = () => {
    for (const { windows } of engine.stream(48).push(pcm)) if (windows === 0) throw new Error('no window');
  };
  const floats = Float32Array.from(pcm, (step) => step / 32_768);
  const batch = 63 * 7680 + 15_600;
  const graph = async () => {
    for (let at = 0; at + batch <= floats.length; at += 64 * 7680)
      await reference.run(floats.subarray(at, at + batch));
  };
  answer();
  await graph();
  const both = {
    engine: comparedSeconds / (await timed(answer)),
    graph: comparedSeconds / (await timed(graph)),
  };
  const { features, encoder, experts } = engine.spent;
  const featuresShare = features / (features + encoder + experts);
  await reference.release();
  return { ...both, featuresShare };
}

async function timed(work: () => Promise<void> | void): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

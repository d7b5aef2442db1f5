/**
 * Trains a default bank, five experts and a router, as the lab's training job does: 1,600 embeddings of 1,536 numbers
 * in 50 classes, by the default recipe with its early stopping. The embeddings are drawn: a direction for each class,
 * smaller ones for each source, and noise, so that the classes can be learned but not at once.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Jobs } from '../../main/jobs/jobs.ts';
import { MemoryJobStore, whenFinished } from '../../main/jobs/testing.ts';
import { defaultPlan } from '../../main/jobs/train/plan.ts';
import { PlanJobs } from '../../main/jobs/train/testing.ts';
import type { TrainingData } from '../../models/training/data.ts';
import { Random } from '../../models/training/random.ts';
import type { Bench, Figures } from './run.ts';

const [samples, size, classes, perSource] = [1600, 1536, 50, 4];

function drawn(): TrainingData {
  const random = new Random(1511);
  const directions = Array.from({ length: classes }, () => random.spread(size, 0.2));
  const embeddings = new Float32Array(samples * size);
  const labels = new Int32Array(samples);
  for (let source = 0; source < samples / perSource; source++) {
    const own = random.spread(size, 0.7);
    for (let i = source * perSource; i < (source + 1) * perSource; i++) {
      const label = source % classes;
      labels[i] = label;
      const direction = directions[label]!;
      const noise = random.spread(size, 1);
      for (let k = 0; k < size; k++) embeddings[i * size + k] = direction[k]! + own[k]! + noise[k]!;
    }
  }
  const groups = Array.from(labels, (_, i) => `source ${Math.floor(i / perSource)}`);
  return {
    embeddings,
    size,
    labels,
    groups,
    classes: Array.from({ length: classes }, (_, c) => `class ${c}`),
  };
}

export const bench: Bench = async (say) => {
  const folder = await mkdtemp(join(tmpdir(), 'curlew-train-'));
  try {
    const jobs = await Jobs.open(new MemoryJobStore());
    const training = new PlanJobs(jobs);
    say(
      `${samples} embeddings of ${size} numbers, ${classes} classes; ${availableParallelism()} cores, load ${loadavg()[0]!.toFixed(1)} before`,
    );
    const began = performance.now();
    const plan = defaultPlan();
    const { id } = await training.start(join(folder, 'job'), drawn(), plan);
    const { error } = await whenFinished(jobs, id);
    const result = training.results.get(id);
    const minutes = (performance.now() - began) / 60_000;
    if (!result) throw new Error(error?.message ?? 'The training left no result.');

    const figures: Figures = {
      minutes,
      experts: result.experts.length,
      thread_minutes: result.trainingSeconds / 60,
    };
    for (const { id: one, name, best, reports } of [
      ...result.experts,
      ...(result.router ? [result.router] : []),
    ]) {
      say(
        `${name}: ${reports.length} epochs, best ${best.epoch} with validation loss ${best.validationLoss.toFixed(3)} ` +
          `and accuracy ${(100 * best.validationAccuracy).toFixed(1)} %`,
      );
      figures[`${one}_epochs`] = reports.length;
      figures[`${one}_validation_accuracy`] = best.validationAccuracy;
    }
    say(`${minutes.toFixed(2)} minutes in all, load ${loadavg()[0]!.toFixed(1)} at the end`);
    await jobs.close();
    return figures;
  } finally {
    await rm(folder, { recursive: true });
  }
};

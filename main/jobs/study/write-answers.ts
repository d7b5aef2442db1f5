/** The answers that a study's figures are made of, written beside its report. */
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { patchHopSamples, frontEnd } from '../../../models/features/log-mel.ts';
import {
  aboutAnswers,
  answerFiles,
  clipRows,
  hardFiles,
  hardRows,
  windowRows,
  type Told,
  type ToldHard,
} from '../../../models/report/answers.ts';
import { degradationName } from '../../../models/augmentation/degrade.ts';
import { unpacked, type HardOutcome } from '../../../models/study/hard.ts';
import { writeAnswersParquet } from './answers-parquet.ts';
import type { Results } from '../../../models/report/results.ts';
import type { FoldOutcome, MixtureAnswers } from '../../../models/study/assess.ts';

/** @returns how many clips were answered, and windows of them, by each model */
export async function writeAnswers(
  folder: string,
  { results, outcomes }: { results: Results; outcomes: readonly FoldOutcome[] },
): Promise<NonNullable<Results['answers']>> {
  const told: Told = {
    classes: results.dataSet.classes,
    bank: results.bank,
    hopS: patchHopSamples / frontEnd.sampleRate,
    folds: outcomes.map(({ seed, patches, experts, mixtures, hard }) => ({
      seed,
      hard: () => hardOf(hard),
      patches,
      models: [
        ...experts.map((one) => ({ ...one, stages: stagesOf(results, false) })),
        ...mixtures.map((one) => ({ ...one, ...stagesOfMixture(results, one) })),
      ],
    })),
  };
  await writeParts(join(folder, answerFiles.clips), clipRows(told));
  await writeParts(join(folder, answerFiles.windows), windowRows(told));
  await writeFile(join(folder, answerFiles.about), aboutAnswers);
  const hard = outcomes.some((outcome) => outcome.hard.length > 0);
  if (hard) await writeParts(join(folder, hardFiles.csv), hardRows(told));
  await writeAnswersParquet(folder, told.classes, hard);
  const patches = outcomes.filter(({ seed }) => seed === outcomes[0]!.seed).map((one) => one.patches);
  return {
    clips: patches.flat().length,
    windows: patches.flat().reduce((sum, one) => sum + one, 0),
    parquet: true,
    ...(hard && { hard }),
  };
}

function* hardOf(hard: readonly HardOutcome[]): Generator<ToldHard> {
  for (const one of hard)
    yield {
      sounds: degradationName(one.degradation),
      models: one.models.map(({ name }, model) => ({ name, answers: unpacked(one, model) })),
    };
}

/** With a threshold the expert that was asked first is not the one that answers where another was asked too. */
function stagesOfMixture(results: Results, { variant, patches }: MixtureAnswers) {
  const stages = stagesOf(results, variant.kind === 'plain' || variant.kind === 'curiosity');
  if (variant.kind !== 'threshold') return { stages };
  const windowStages = Array.from(patches.experts!, (expert) =>
    expert === variant.first ? stages : `${stages}+expert`,
  );
  return { stages, windowStages };
}

/** The log-mel's statistics take no encoder; a model of the person's own makes its embedding from sound. */
function stagesOf({ encoder }: Results, routed: boolean): string {
  const embedding =
    encoder.imageBytes !== null
      ? ['features', 'encoder']
      : [encoder.parameters === null ? 'model' : 'features'];
  return [...embedding, ...(routed ? ['router'] : []), 'expert'].join('+');
}

async function writeParts(path: string, parts: Iterable<string>): Promise<void> {
  const file = await open(path, 'w');
  try {
    for (const part of parts) await file.write(part);
  } finally {
    await file.close();
  }
}

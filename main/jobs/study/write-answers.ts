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
import {
  heldSounds,
  stageFiles,
  stageRows,
  testSounds,
  type ToldCascade,
} from '../../../models/report/stage-answers.ts';
import { decisionNames } from '../../../models/router/router.ts';
import type { AnsweredFold, HardWindows } from '../../../models/study/cascade.ts';
import { writeAnswersParquet, type AnswerTable } from './answers-parquet.ts';
import type { CascadeModels } from './train-cascade.ts';
import type { Results } from '../../../models/report/results.ts';
import type { FoldOutcome, MixtureAnswers } from '../../../models/study/assess.ts';

export interface Answered {
  readonly results: Results;
  readonly outcomes: readonly FoldOutcome[];
  readonly cascades?: readonly AnsweredCascade[];
}

interface AnsweredCascade extends Pick<CascadeModels, 'names'> {
  readonly answers: AnsweredFold;
}

/** @returns how many clips were answered, and windows of them, by each model */
export async function writeAnswers(
  folder: string,
  { results, outcomes, cascades = [] }: Answered,
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
  const staged = cascades.length > 0;
  if (staged) await writeParts(join(folder, stageFiles.csv), stageRows(toldCascade(told.classes, cascades)));
  const tables: AnswerTable[] = ['clips', 'windows'];
  if (hard) tables.push('hard');
  if (staged) tables.push('stages');
  await writeAnswersParquet(folder, told.classes, tables, decisionNames);
  const patches = outcomes.filter(({ seed }) => seed === outcomes[0]!.seed).map((one) => one.patches);
  return {
    clips: patches.flat().length,
    windows: patches.flat().reduce((sum, one) => sum + one, 0),
    parquet: true,
    ...(hard && { hard }),
    ...(staged && { stages: staged }),
  };
}

function toldCascade(classes: readonly string[], cascades: readonly AnsweredCascade[]): ToldCascade {
  const ways = (hard: readonly HardWindows[]) =>
    hard.map(({ degradation, windows }) => ({ ...windows, sounds: degradationName(degradation) }));
  return {
    ...{ classes, decisions: decisionNames, stages: cascades[0]!.names },
    trainings: cascades.map(({ answers: { seed, fold, test, held, hard } }) => ({
      ...{ seed, fold },
      windows: [
        { ...test, sounds: testSounds },
        ...(held ? [{ ...held, sounds: heldSounds }] : []),
        ...ways(hard),
      ],
    })),
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
  if ('stages' in variant) {
    const windowStages = Array.from(patches.experts!, (place) => variant.stages[place]!.ran);
    const among = variant.stages.map(({ name }) => name);
    return { stages: [...new Set(windowStages)].join(' or '), windowStages, among };
  }
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

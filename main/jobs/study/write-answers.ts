/** The answers that a study's figures are made of, written beside its report. */
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { patchHopSamples, frontEnd } from '../../../models/features/log-mel.ts';
import {
  aboutAnswers,
  answerFiles,
  clipRows,
  windowRows,
  type Told,
} from '../../../models/report/answers.ts';
import type { Results } from '../../../models/report/results.ts';
import type { FoldOutcome } from '../../../models/study/assess.ts';

/** @returns how many clips were answered, and windows of them, by each model */
export async function writeAnswers(
  folder: string,
  { results, outcomes }: { results: Results; outcomes: readonly FoldOutcome[] },
): Promise<NonNullable<Results['answers']>> {
  const told: Told = {
    classes: results.dataSet.classes,
    bank: results.bank,
    seed: results.protocol.seed,
    hopS: patchHopSamples / frontEnd.sampleRate,
    folds: outcomes.map(({ patches, experts, mixtures }) => ({ patches, models: [...experts, ...mixtures] })),
  };
  await writeParts(join(folder, answerFiles.clips), clipRows(told));
  await writeParts(join(folder, answerFiles.windows), windowRows(told));
  await writeFile(join(folder, answerFiles.about), aboutAnswers);
  return {
    clips: outcomes.reduce((sum, { patches }) => sum + patches.length, 0),
    windows: outcomes.reduce((sum, { patches }) => sum + patches.reduce((all, one) => all + one, 0), 0),
  };
}

async function writeParts(path: string, parts: Iterable<string>): Promise<void> {
  const file = await open(path, 'w');
  try {
    for (const part of parts) await file.write(part);
  } finally {
    await file.close();
  }
}

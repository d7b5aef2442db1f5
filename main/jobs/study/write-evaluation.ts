import type { ModelScores } from '../../../models/evaluation/scores.ts';
import type { EvaluateResult } from '../../contract/types.ts';
import { writeAnswers, type Answered } from './write-answers.ts';
import { writeReport } from './write-report.ts';

/**
 * Every answer, and the report with its tables, into a folder.
 * @param shown the model whose scores the job tells of
 */
export async function writeEvaluation(
  folder: string,
  finished: Answered,
  { scores }: { scores: ModelScores },
): Promise<EvaluateResult> {
  const results = { ...finished.results, answers: await writeAnswers(folder, finished) };
  await writeReport(folder, results);
  return {
    kind: 'evaluate',
    folder,
    dataSet: results.dataSet.name,
    accuracy: scores.accuracy.pooled.value,
    macroF1: scores.macroF1.pooled.value,
  };
}

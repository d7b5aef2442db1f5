import { basename } from 'node:path';
import type { DataSetInfo } from '../contract/types.ts';
import { clipCounts, type Dataset } from './dataset.ts';
import { layoutNames, problemNames } from './names.ts';

/** Sentences that a kind of problem is told with; the rest is counted. */
const mostSentences = 50;

/** A data set as it is told to a person before its recordings are opened. */
export function dataSetInfo(dataset: Dataset): DataSetInfo {
  const { folder, layout, variant, classes, clips, folds, officialFolds, problems } = dataset;
  const { found, outsideVariant, used, leftOut } = clipCounts(dataset);
  const sourcesOf = (fold: number | null) =>
    new Set(clips.filter((clip) => fold === null || clip.fold === fold).map(({ source }) => source)).size;
  return {
    name: basename(folder),
    layout: layoutNames[layout],
    variant,
    classes: classes.map((name, label) => ({ name, clips: clips.filter((c) => c.label === label).length })),
    folds: folds.map((fold) => ({
      fold,
      clips: clips.filter((clip) => clip.fold === fold).length,
      sources: sourcesOf(fold),
    })),
    officialFolds,
    sources: sourcesOf(null),
    counts: { found, outsideVariant, used, leftOut },
    problems: [...new Set(problems.map(({ kind }) => kind))].map((kind) => {
      const mine = problems.filter((problem) => problem.kind === kind);
      return {
        what: problemNames[kind],
        count: mine.length,
        sentences: mine.slice(0, mostSentences).map(({ message }) => message),
      };
    }),
  };
}

/** What every stage of a cascade said of every window, and what decisions went by: each figure of cascades is made of it. */
import { csvText, type CsvCell } from './csv.ts';

export interface ToldWindows {
  /** As recorded: of the clips left out, or of held ones of the training folds; else how they were made harder. */
  readonly sounds: string;
  readonly clips: readonly {
    readonly name: string;
    readonly source: string;
    readonly fold: number;
    readonly label: number;
    readonly patches: number;
  }[];
  /** [stage][windows · classes] probabilities */
  readonly experts: readonly Float32Array[];
  /** [windows] of each decision, by its name. */
  readonly scores: ReadonlyMap<string, Float32Array>;
}

export interface ToldCascade {
  readonly classes: readonly string[];
  readonly stages: readonly string[];
  readonly decisions: readonly string[];
  /** Of each fold and seed. `fold`: the one left out. */
  readonly trainings: readonly {
    readonly seed: number;
    readonly fold: number;
    readonly windows: readonly ToldWindows[];
  }[];
}

export const stageFiles = { csv: 'answers-stages.csv', parquet: 'answers-stages.parquet' } as const;

/** Sounds as they were recorded: of the fold left out, and those held back from the training folds. */
export const testSounds = 'test';
export const heldSounds = 'held';

/** The text of `answers-stages.csv`, a stage of a fold's windows at a time. */
export function* stageRows({ classes, stages, decisions, trainings }: ToldCascade): Generator<string> {
  const head = ['Stage', 'Seed', 'Left out', 'Clip', 'Source', 'Sounds', 'Window', 'True class'];
  yield csvText([
    [...head, ...decisions.map((one) => `Score: ${one}`), ...classes.map((one) => `P(${one})`)],
  ]);
  for (const { seed, fold, windows } of trainings)
    for (const { sounds, clips, experts, scores } of windows)
      for (const [stage, name] of stages.entries()) {
        let at = 0;
        yield csvText(
          clips.flatMap((clip) =>
            Array.from({ length: clip.patches }, (_, window): CsvCell[] => {
              const said = experts[stage]!.subarray(at * classes.length, (at + 1) * classes.length);
              const scored = decisions.map((one) => scores.get(one)?.[at] ?? null);
              at++;
              return [
                ...[name, seed, fold, clip.name, clip.source, sounds, window, classes[clip.label]!],
                ...[...scored, ...said],
              ];
            }),
          ),
        );
      }
}

export const aboutStages = `
answers-stages.csv and answers-stages.parquet, where cascades were trained, or tested: a row for each stage, seed, fold left out
and window. Sounds: "${testSounds}", the fold left out as recorded; "${heldSounds}", clips of the other folds that nothing was
fitted to; else how the fold's clips were made harder. Score: what each decision goes by, from 0 to 1, the same in the
rows of all stages; empty for a decision that could not be trained. P(class) is the softmax of the stage's logits.
For a share of windows past a stage, a decision's threshold is the score of held windows below which the rest of them lie
(of n held windows sorted by score, the one numbered n - round(share * n), counted from 1); a window ends at the first
stage whose threshold its score does not exceed. A clip's answer is the mean over its windows of P(class) at the stages
where they ended; its energy the mean of what those windows took (cascade-trade-off.csv: "One stage alone" for each
stage's own). The setting of a decision is the cheapest whose weighted F1 on held clips is at most half a point
below that of the last stage alone, means over seeds. A cascade that was there already has thresholds of its own
(cascade.csv: Setting) and no held clips; only the score of its own decision is told.
`;

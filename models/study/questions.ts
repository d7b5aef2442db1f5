/** The questions that the paper answers, asked of a study's answers. */
import type { ClipAnswer } from '../evaluation/answers.ts';
import type { BootstrapOptions } from '../evaluation/bootstrap.ts';
import { compareAnswers, compareUncertainties } from '../evaluation/comparison.ts';
import { corrected } from '../evaluation/families.ts';
import { doubtOf } from '../evaluation/quality.ts';
import type { Comparison, NotRunOf } from '../evaluation/test-result.ts';
import type { ExpertResult, MixtureResult, TestResult } from '../report/results.ts';
import { uncertaintyName } from '../report/uncertainty-name.ts';

export interface Asking {
  /** By model, of each training. */
  readonly answers: ReadonlyMap<string, readonly (readonly ClipAnswer[])[]>;
  readonly experts: readonly Pick<ExpertResult, 'name' | 'family'>[];
  readonly mixtures: readonly Pick<MixtureResult, 'name' | 'kind'>[];
  readonly classes: number;
  /** Of the mixture with curiosity that is held against the others. */
  readonly alpha: number;
  /** of equivalence, in accuracy */
  readonly margin: number;
  readonly bootstrap: BootstrapOptions;
}

export interface Tested {
  readonly tests: TestResult[];
  readonly notRun: NotRunOf[];
}

export type Question = readonly [question: string, compared: readonly Comparison[]];

export const curiosityName = (alpha: number): string => `Curiosity, α = ${alpha}`;
export const plainName = 'Plain router';
export const randomName = 'Random, equal mean bits';
/** As many windows go on as by top probability, any of them; beside a bank's own random routing. */
export const chanceName = 'Cascade by chance';
/** Of the least precise expert's top probability (threshold.ts). */
export const thresholdName = 'Top probability, equal energy';

/** Of answers alone; what is not there is not asked. */
export function questionsOf(asking: Asking): Question[] {
  const { answers, experts, mixtures, classes, margin, bootstrap, alpha } = asking;
  const named = (name: string) => ({ name, values: answers.get(name)! });
  const compare = (a: string, b: string): Comparison[] =>
    answers.has(a) && answers.has(b) ? [compareAnswers(named(a), named(b), classes, margin, bootstrap)] : [];
  const curious = curiosityName(alpha);
  const cascades = mixtures.filter(({ kind }) => kind === 'cascade').map(({ name }) => name);
  const last = mixtures.findLast(({ kind }) => kind === 'whole')?.name;
  const has = (name: string) => experts.some((one) => one.name === name);
  return [
    [
      '4-bit against higher precision',
      ['16-bit', '8-bit', 'Float'].filter(has).flatMap((b) => compare('4-bit', b)),
    ],
    [
      'Experts against a linear probe',
      experts
        .filter(({ family }) => family === 'bitlinear' || family === 'ternary')
        .flatMap(({ name }) => compare(name, 'Linear probe')),
    ],
    ['8-bit against float', ['8-bit', '8-bit PTQ, MSE'].filter(has).flatMap((a) => compare(a, 'Float'))],
    [
      'Curiosity against plain and random routing',
      [...compare(curious, plainName), ...compare(curious, randomName)],
    ],
    ['Curiosity against a threshold at equal energy', compare(curious, thresholdName)],
    [
      'Mixture against one expert',
      mixtures.filter(({ kind }) => kind === 'always').flatMap(({ name }) => compare(curious, name)),
    ],
    ['Cascade against its last stage alone', cascades.flatMap((name) => compare(name, last ?? ''))],
    [
      'Cascade against chance',
      cascades.filter((name) => name !== chanceName).flatMap((name) => compare(name, chanceName)),
    ],
    [
      'Curiosity against top probability',
      mixtures.filter(({ kind }) => kind === 'curiosity').flatMap(({ name }) => ofDoubt(name)),
    ],
  ];

  function ofDoubt(name: string): Comparison[] {
    const mixed = answers.get(name)!;
    const curiosity = mixed.map((mine) => mine.flatMap((answer) => answer.curiosity ?? []));
    if (curiosity.some((values, i) => values.length < mixed[i]!.length)) return [];
    const a = { name: uncertaintyName('curiosity', name), values: curiosity };
    const b = { name: uncertaintyName('max-softmax', name), values: mixed.map((mine) => mine.map(doubtOf)) };
    return [compareUncertainties({ answers: mixed, a, b }, bootstrap)];
  }
}

/** Holm's correction within each question. @param sounds that were answered; left out: those as they were recorded */
export function testsOf(questions: readonly Question[], level: number, sounds?: 'hard'): Tested {
  const asked = questions.map(
    ([question, compared]) =>
      [sounds === 'hard' ? `${question}, on harder sounds` : question, compared] as const,
  );
  const about = sounds && { sounds };
  return {
    tests: asked.flatMap(([question, compared]) =>
      corrected(
        question,
        compared.flatMap(({ tests }) => tests),
        level,
      ).map((test) => ({ ...test, ...about })),
    ),
    notRun: asked.flatMap(([question, compared]) =>
      compared.flatMap(({ notRun }) => notRun.map((one) => ({ ...one, question, ...about }))),
    ),
  };
}

import { defineStore } from 'pinia';
import { computed, reactive, watch } from 'vue';
import type { RequestParams } from '../../main/contract/requests.ts';
import { bankKinds, expertKinds } from '../../models/study/kinds.ts';
import { useDataSet } from './data-set.ts';
import { useExperts } from './experts.ts';

/** What is asked of a training and of an evaluation, as it stands in the forms; a text where a number is being typed. */
export interface StudyDraft {
  name: string;
  bank: string[];
  heldOutFold: number | null;
  encoder: string;
  augmentation: string[];
  hidden: string;
  seed: number | string;
  seeds: number | string;
  epochs: number | string;
  patience: number | string;
  alpha: number | string;
  passes: number | string;
  topK: number | string;
  others: string[];
  alphas: string;
  /** Stages of a cascade, as the person types them; empty: none. */
  cascade: string;
  hard: string[];
  board: string;
  windows: number | string;
  gramsPerKwh: number | string;
  gridOrigin: string;
  trainingWatts: number | string;
  margin: number | string;
  resamples: number | string;
  /** A bank that is tested as it is; null: models are trained without each fold. */
  testedBank: string | null;
  /** What it calls labels of the recordings: `bark = dog, rain =`. */
  renamed: string;
}

/** As the lab names them, and for a person. */
export const augmentations = [
  { id: 'gain', name: 'nearer and farther' },
  { id: 'shift', name: 'shifted in time' },
  { id: 'noise', name: 'white noise' },
  { id: 'pink-noise', name: 'pink noise' },
  { id: 'masks', name: 'masks (SpecAugment)' },
  { id: 'mixup', name: 'mixup' },
  { id: 'between-class', name: 'between-class mixing' },
] as const;

/** How test clips are made harder, as the lab names it, and for a person. */
export const hardSounds = [
  { id: 'noise', name: 'pink noise' },
  { id: 'clip', name: 'another clip on top' },
  { id: 'rate', name: 'lower sample rates' },
  { id: 'gain', name: 'louder and quieter' },
] as const;

/** As the published recipe has it. */
export const newDraft = (): StudyDraft => ({
  name: '',
  bank: bankKinds.map(({ id }) => id),
  heldOutFold: null,
  encoder: 'auto',
  augmentation: ['gain', 'shift', 'noise'],
  hidden: '640, 320',
  seed: 1,
  seeds: 1,
  epochs: 100,
  patience: 15,
  alpha: 1,
  passes: 10,
  topK: 1,
  others: expertKinds.filter((kind) => !bankKinds.includes(kind)).map(({ id }) => id),
  alphas: '1, 0.3, 3',
  hard: [],
  cascade: '',
  board: 'virtual',
  windows: 80,
  gramsPerKwh: 250,
  gridOrigin: 'an assumption near the European average of recent years; set your own grid’s',
  trainingWatts: 15,
  margin: 0.05,
  resamples: 2000,
  testedBank: null,
  renamed: '',
});

const wordsIn = (text: string): string[] => text.split(/[\s,;]+/).filter((word) => word !== '');

/** @returns null where the text is no list of numbers */
export function numbersIn(text: string): number[] | null {
  const numbers = wordsIn(text).map(Number);
  return numbers.length > 0 && numbers.every(Number.isFinite) ? numbers : null;
}

/** @returns null where some of it is no `label = class` */
export function renamesIn(text: string): Record<string, string> | null {
  const pairs = text
    .split(/[,;\n]+/)
    .filter((one) => one.trim() !== '')
    .map((one) => /^\s*(.*?)\s*=\s*(.*?)\s*$/.exec(one));
  return pairs.every((pair) => pair !== null && pair[1] !== '')
    ? Object.fromEntries(pairs.map((pair) => [pair![1]!, pair![2]!]))
    : null;
}

type Problems = Partial<Record<keyof StudyDraft, string>>;

const numbers = [
  'seed',
  'seeds',
  'epochs',
  'patience',
  'alpha',
  'passes',
  'topK',
  'windows',
  'gramsPerKwh',
  'trainingWatts',
  'margin',
  'resamples',
] as const;

/** What a form can tell by itself; ranges are the lab's to judge. By field, a sentence each. */
export function draftProblems(draft: StudyDraft): Problems {
  const problems: Problems = {};
  if (!/^[a-z0-9][a-z0-9-]{0,11}$/.test(draft.name)) {
    problems.name = 'Use 1 to 12 of a to z, 0 to 9 and hyphens.';
  }
  if (draft.bank.length === 0) problems.bank = 'Choose one kind at least.';
  else if (draft.bank.length > 8) problems.bank = 'A router picks from 8 experts at most.';
  if (!numbersIn(draft.hidden)?.every((width) => Number.isInteger(width) && width >= 4)) {
    problems.hidden = 'Name widths, such as 640, 320.';
  }
  if (!numbersIn(draft.alphas)?.every((alpha) => alpha >= 0)) {
    problems.alphas = 'Name numbers from 0 up, such as 1, 0.3, 3.';
  }
  const stages = wordsIn(draft.cascade);
  if (stages.length === 1 || stages.length > 3 || new Set(stages).size < stages.length)
    problems.cascade = 'Name two or three different encoders, the cheapest first.';
  if (renamesIn(draft.renamed) === null) problems.renamed = 'Name label and class, such as bark = dog.';
  for (const field of numbers) {
    if (typeof draft[field] !== 'number' || !Number.isFinite(draft[field]))
      problems[field] = 'Give a number.';
  }
  return problems;
}

const trainingFields = ['bank', 'cascade', 'hidden', 'seed', 'epochs', 'patience', 'passes', 'topK'] as const;
const scoringFields = ['windows', 'gramsPerKwh', 'margin', 'resamples'] as const;
const evaluationFields = ['seeds', 'alphas', 'trainingWatts', ...scoringFields] as const;

/** One draft for both forms: what was trained is then evaluated with the same settings. */
export const useStudyDraft = defineStore('studyDraft', () => {
  const dataSet = useDataSet();
  const draft = reactive(newDraft());
  watch(
    () => dataSet.info,
    (info) => {
      if (info && !info.folds.some(({ fold }) => fold === draft.heldOutFold)) draft.heldOutFold = null;
    },
  );

  const experts = useExperts();
  watch(
    () => experts.encoders,
    (encoders) => {
      const isThere = ['auto', 'statistics', ...encoders.map(({ id }) => id)].includes(draft.encoder);
      if (!isThere) draft.encoder = 'auto';
    },
  );

  const problems = computed(() => draftProblems(draft));
  const isSound = (fields: readonly (keyof StudyDraft)[]) => fields.every((field) => !problems.value[field]);
  const training = () => ({
    ...dataSet.asked,
    encoder: draft.encoder,
    augmentation: draft.augmentation as NonNullable<RequestParams<'train.start'>['augmentation']>,
    bank: [...draft.bank],
    hidden: numbersIn(draft.hidden)!,
    seed: Number(draft.seed),
    epochs: Number(draft.epochs),
    patience: Number(draft.patience),
    passes: Number(draft.passes),
    topK: Number(draft.topK),
    cascade: wordsIn(draft.cascade),
  });

  const scoring = () => ({
    hard: draft.hard as NonNullable<RequestParams<'evaluate.start'>['hard']>,
    board: draft.board,
    windows: Number(draft.windows),
    gramsPerKwh: Number(draft.gramsPerKwh),
    ...(draft.gridOrigin.trim() === '' ? {} : { gridOrigin: draft.gridOrigin.trim() }),
    margin: Number(draft.margin),
    resamples: Number(draft.resamples),
  });

  return {
    draft,
    problems,
    canTrain: computed(() => isSound(['name', 'alpha', ...trainingFields])),
    canEvaluate: computed(() => isSound([...trainingFields, ...evaluationFields])),
    /** Of a draft that can be trained. */
    trainParams: (): RequestParams<'train.start'> => ({
      ...training(),
      name: draft.name,
      heldOutFold: draft.heldOutFold,
      alpha: Number(draft.alpha),
    }),
    /** Of a draft that can be evaluated. */
    evaluateParams: (): RequestParams<'evaluate.start'> => ({
      ...training(),
      others: draft.others.filter((id) => !draft.bank.includes(id)),
      seeds: Number(draft.seeds),
      alphas: numbersIn(draft.alphas)!,
      ...scoring(),
      trainingWatts: Number(draft.trainingWatts),
    }),
    canTestBank: computed(() => isSound(['renamed', ...scoringFields])),
    /** Of a draft that a bank can be tested with. */
    bankTestParams: (bankId: string): RequestParams<'evaluate.bank'> => ({
      ...dataSet.asked,
      bankId,
      classes: renamesIn(draft.renamed)!,
      ...scoring(),
    }),
  };
});

/** Model cards of a cascade's stages and of what decides among them. */
import { count } from '../../contract/figures.ts';
import type { Cascade, Decision } from '../../../models/router/router.ts';
import { share } from '../../../models/report/format.ts';
import type { AgainstStage } from '../../../models/report/results.ts';
import { defaultTraining } from '../../../models/training/train.ts';
import type { UsableEncoder } from '../../banks/banks.ts';
import type { BankFigures } from './bank-figures.ts';
import { dataOf, figuresOf, limitsOf, scopeOf, type CardInput } from './card.ts';
import { stageTraining } from './train-cascade.ts';

const decides: Readonly<Record<Decision, string>> = {
  'top-probability': 'the first expert’s largest probability, taken from 1',
  entropy: 'the entropy of the first expert’s probabilities, as a share of the largest there can be',
  curiosity: 'the disagreement between the passes of a router with dropout, on the first encoder’s embedding',
  gate: 'a gate on the first encoder’s embedding, trained on held-out answers to tell where the first expert is wrong and a later one right',
};

export function stageCard(
  input: CardInput,
  {
    name,
    labels,
    encoder,
    figures,
  }: {
    readonly name: string;
    readonly labels: readonly string[];
    readonly encoder: UsableEncoder | null;
    readonly figures: BankFigures;
  },
): string {
  const { hidden, precision, epochs, patience } = stageTraining;
  const heard = encoder ? `the embedding of the encoder “${encoder.name}”` : 'statistics of the log-mel';
  return `# ${name}

${scopeOf(figures, input.models.fold)}

Says which of ${count(labels.length, 'sound')} a window of 0.975 s holds: ${labels.join(', ')}. An MLP on ${heard} with ${count(hidden[0], 'hidden unit')}, BitLinear with ${precision}-bit weights and 8-bit activations, last layer float. A stage of a cascade, and an expert by itself.

Made on ${input.date}; \`expert.json\` and \`weights.f32\` hold what graphs and image follow from byte for byte.

## Data

${dataOf({ ...input, params: { ...input.params, augmentation: [] } })}

## Training

AdamW (rate ${defaultTraining.learningRate}, weight decay ${defaultTraining.weightDecay}), at most ${epochs} epochs, ended after ${patience} without a lower validation loss, seed ${input.params.seed}. What any stage’s encoder has heard validates none of them.

## Figures

${figuresOf(figures, input.models.fold)}

## Limits

${limitsOf(input, figures)}
`;
}

export function cascadeCard(
  input: CardInput,
  {
    name,
    stages,
    cascade: { decision, thresholds },
    plain,
    figures,
  }: {
    readonly name: string;
    readonly stages: readonly string[];
    readonly cascade: Cascade;
    readonly plain: AgainstStage;
    readonly figures: BankFigures;
  },
): string {
  return `# ${name}

${scopeOf(figures, input.models.fold)}

Decides how far a window goes: through ${stages.join(', then ')}. The score is ${decides[decision]}; a window goes past a stage where its score lies above that stage’s threshold (${[...thresholds].map((one) => one.toPrecision(3)).join(', ')}). \`models/packing/IMAGE.md\`, “Cascade”.

Made on ${input.date}; \`router.json\` and \`weights.f32\` hold what \`router.image\` follows from byte for byte; the image names its experts by their hashes.

## Data

${dataOf({ ...input, params: { ...input.params, augmentation: [] } })}

## Training

Thresholds are set by windows that nothing was fitted to: of all settings of all decisions the one that takes least energy among those whose weighted F1 on such windows is within half a point of the last stage’s (the report of the bank tells all of them).${figures.crossValidation.length > 0 ? ' It is one setting for all folds: such windows of one fold’s training are test windows of another’s.' : ''}

## Figures

On the clips tested it takes ${share(plain.energyShare.value)} of the energy of its last stage alone (modelled), and its weighted F1 differs by ${(100 * plain.difference.value).toFixed(1)} points. Of the cascade, ${figuresOf(figures, input.models.fold)}

## Limits

- What it saves depends on the sounds: where more of them are strange to the first stage, more go on.
${limitsOf(input, figures)}
`;
}

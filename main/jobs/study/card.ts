/** Model cards of a trained bank: data, training, figures, limits. */
import { count } from '../../contract/figures.ts';
import type { DataSetSummary } from '../../../models/report/results.ts';
import { kindOf } from '../../../models/study/kinds.ts';
import { defaultTraining, type TrainedExpert } from '../../../models/training/train.ts';
import type { FoldModels } from './train-fold.ts';
import type { BankFigures } from './bank-figures.ts';
import type { TrainingParams } from './params.ts';

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

export interface CardInput {
  readonly params: TrainingParams;
  readonly models: FoldModels;
  readonly dataSet: DataSetSummary;
  readonly date: string;
  /** For a person: whose the data are, and under which licence; empty: what the data set itself tells. */
  readonly attribution: string;
}

/** @param kind of the expert */
export function expertCard(
  input: CardInput,
  kind: string,
  name: string,
  { expert, best, epochs }: TrainedExpert,
  figures: BankFigures,
): string {
  const { params, models } = input;
  const widths = [models.data.training.size, ...params.hidden, expert.labels.length].join(' → ');
  return `# ${name}

${scopeOf(figures, models.fold)}

Says which of ${count(expert.labels.length, 'sound')} a window of 0.975 s holds: ${expert.labels.join(', ')}. An MLP on ${embeddingOf(models)}: ${widths}; hidden layers ${layersOf(kind)}, last layer float. \`models/packing/IMAGE.md\` defines every step.

Made on ${input.date}. \`weights.f32\` and \`expert.json\` hold the weights as they were trained, from which \`float.onnx\`, \`quantized.onnx\` and \`expert.image\` follow byte for byte.

## Data

${dataOf(input)}

## Training

AdamW (rate ${defaultTraining.learningRate}, weight decay ${defaultTraining.weightDecay}), label smoothing ${defaultTraining.labelSmoothing}, class weights, dropout ${defaultTraining.dropout}, batches of ${defaultTraining.batch}, at most ${params.epochs} epochs, ended after ${params.patience} without a lower validation loss, seed ${params.seed}: kept epoch ${best.epoch} of ${epochs} (validation loss ${best.validationLoss.toFixed(3)}, accuracy per patch ${percent(best.validationAccuracy)}).

## Figures

${figuresOf(figures, models.fold)}

## Limits

${limitsOf(input, figures)}
`;
}

export function routerCard(
  input: CardInput,
  name: string,
  experts: readonly string[],
  figures: BankFigures,
): string {
  const router = input.models.router!;
  const { alpha, passes, dropout, curiosityScale } = router.routing;
  return `# ${name}

${scopeOf(figures, input.models.fold)}

Picks the expert that answers a window, from ${experts.join(', ')}. An MLP on ${embeddingOf(input.models)} with dropout ${dropout.toFixed(3)}, drawn anew in each of ${count(passes, 'pass', 'passes')} (Monte-Carlo dropout): the experts' probabilities are the mean of the passes, curiosity the sum of their variances. Curiosity moves the choice towards precision: p · exp(α · û · b), α = ${alpha}, û = curiosity / ${curiosityScale.toPrecision(3)} at most 1, b the experts' bits from 0 to 1 (\`models/packing/IMAGE.md\`, "Routing").

Made on ${input.date}. \`router.json\` and \`weights.f32\` hold what \`quantized.onnx\` and \`router.image\` follow from byte for byte; the image names its experts by their hashes.

## Data

${dataOf(input)}

## Training

The experts stay as they are, and what they say of a clip to learn from is said by experts that did not hear it (trained without each third of the sources in turn); the loss is the cross-entropy of their logits weighted by the gates, and 1e-3 times the sum of squared mean gates (load balancing). Adam, ended early on the same validation clips.

## Figures

Of the mixture, ${figuresOf(figures, input.models.fold)}

## Limits

- Curiosity is uncertainty about which expert to ask, not about the sound: the report of an evaluation tells whether it or the top probability is the better sign of an error.
${limitsOf(input, figures)}
`;
}

/** Of two-sided exact McNemar tests: so many clips of which one model alone is right are the fewest that reach p < 0.05. */
const fewestDiscordant = 6;

/** What figures of so few clips can and cannot show: a card begins with it. */
export function scopeOf({ clips, accuracy, crossValidation }: BankFigures, fold: number | null): string {
  const where = fold === null ? 'validation clips' : `clips of fold ${fold}`;
  const over = crossValidation.map((one) => one.accuracy);
  const folds =
    over.length === 0
      ? ''
      : `, ${percent(over.reduce((sum, one) => sum + one, 0) / over.length)} on the mean over folds`;
  return `What its figures can show: they are of ${clips} ${where} (accuracy ${percent(accuracy)}${folds}). Two models that differ in fewer than ${fewestDiscordant} clips (${percent(fewestDiscordant / clips)}) cannot be told apart on them (exact McNemar test at 0.05): large differences show, and small ones, as between precisions, do not.`;
}

function embeddingOf({ encoder, data }: FoldModels): string {
  const { size } = data.training;
  return encoder
    ? `the ${count(size, 'number')} of the encoder “${encoder.name}”`
    : `${count(size, 'statistic')} of the log-mel`;
}

function layersOf(kind: string): string {
  const { precision, bits } = kindOf(kind);
  if (precision === 32) return 'float';
  if (precision === 'static8') return '8 bits by post-training quantization';
  if (precision === 'ternary')
    return 'ternary by a threshold of 0.1 · mean|w − mean|, with 8-bit activations';
  if (precision === 'ternary-absmean') return 'ternary by absmean (BitNet b1.58) with 8-bit activations';
  if (precision === 'ternary-activations') return 'ternary with ternary activations, by popcount';
  return `BitLinear with ${bits}-bit weights and 8-bit activations`;
}

export function dataOf({ params, dataSet, models, attribution }: CardInput): string {
  const { clips, sources, folds, name, layout } = dataSet;
  const heldOut = models.fold;
  return [
    `${name} (${layout}): ${count(clips, 'clip')} cut from ${count(sources, 'recording')}, in the folds ${folds.map(({ fold }) => fold).join(', ')}.`,
    attribution || licenceOf(dataSet),
    ...dataSet.problems.map(({ what, count, leftOut }) => `${what}: ${count}${leftOut ? ', left out' : ''}.`),
    heldOut === null
      ? 'Trained on all folds.'
      : `Fold ${heldOut} was touched by neither training nor early stopping.`,
    `Clips were varied for training by ${params.augmentation.join(', ') || 'nothing'}; up to a fifth of each class’s recordings, of those that the encoder did not hear where there are any, was set aside for early stopping.`,
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

const licenceOf = ({ licence }: DataSetSummary): string =>
  licence === null
    ? 'The data set tells no licence of its recordings: ask whoever made them before this goes to others.'
    : `Licences of the recordings, as the data set tells them: ${licence}.`;

export function figuresOf(
  { clips, accuracy, macroF1, crossValidation }: BankFigures,
  fold: number | null,
): string {
  const where =
    fold === null ? count(clips, 'validation clip') : `the ${count(clips, 'clip')} of fold ${fold}`;
  const first = `per clip (mean of its patches' probabilities), on ${where}: accuracy ${percent(accuracy)}, macro-F1 ${percent(macroF1)}.`;
  if (crossValidation.length === 0) return first;
  const rows = crossValidation.map(
    (one) => `| ${one.fold} | ${percent(one.accuracy)} | ${percent(one.macroF1)} |`,
  );
  return `${first}

Cross-validation, each fold left out of everything once:

| fold left out | accuracy | macro-F1 |
| --- | --- | --- |
${rows.join('\n')}`;
}

export function limitsOf({ dataSet, models }: CardInput, { clips }: BankFigures): string {
  return [
    `- ${count(clips, 'clip is', 'clips are')} few: one is ${percent(1 / clips)}.`,
    `- It knows ${count(dataSet.classes.length, 'sound')} and always answers one of them; silence, too, gets a class.`,
    ...(models.fold === null ? ['- Validation clips chose when training ended: their figures flatter.'] : []),
    ...(models.heldOut !== false
      ? []
      : ['- The encoder had heard clips that this was tested with: the figures flatter.']),
  ].join('\n');
}

/** A finished study as the report's one object. */
import { multiplyAccumulates } from '../../../models/encoder/encoder.ts';
import type { DataProblem, DataSetSummary, EncoderSummary, Figure } from '../../../models/report/results.ts';
import type { LatentExpert } from '../../../models/experts/expert.ts';
import { layoutNames, problemNames } from '../../datasets/names.ts';
import { clipCounts, type EmbeddedDataset } from '../../datasets/dataset.ts';
import { recordingsOf } from './encoder-choice.ts';
import type { FirmwareSizes } from '../../../devices/boards/firmware-sizes.ts';
import type { FoldModels } from './train-fold.ts';

/** Names that a problem lists; the rest is counted. */
const mostNames = 20;

export function dataSetSummary(name: string, heard: EmbeddedDataset): DataSetSummary {
  const { clips, classes, folds, problems, layout } = heard;
  const licences = [...new Set(clips.map(({ licence }) => licence).filter((licence) => licence !== ''))];
  const kinds = [...new Set(problems.map(({ kind }) => kind))];
  return {
    name,
    layout: layoutNames[layout],
    licence: licences.length > 0 ? licences.sort().join(', ') : null,
    classes,
    clipsPerClass: classes.map((_, label) => clips.filter((clip) => clip.label === label).length),
    clips: clipCounts(heard).used,
    sources: new Set(clips.map(({ source }) => source)).size,
    seconds: clips.reduce((sum, { samples }) => sum + samples / 16_000, 0),
    folds: folds.map((fold) => {
      const mine = clips.filter((clip) => clip.fold === fold);
      return { fold, clips: mine.length, sources: new Set(mine.map(({ source }) => source)).size };
    }),
    problems: kinds.map((kind): DataProblem => {
      const mine = problems.filter((problem) => problem.kind === kind);
      return {
        what: problemNames[kind],
        count: mine.length,
        names: mine.slice(0, mostNames).map((problem) => problem.name),
        leftOut: mine[0]!.outcome === 'left-out',
      };
    }),
  };
}

/** @param models of every fold @param sizes of the firmware */
export function encoderSummary(models: readonly FoldModels[], sizes: FirmwareSizes): EncoderSummary {
  const [first] = models;
  const encoder = first!.encoder;
  const heldOut = first!.own ? null : models.every((one) => one.heldOut === true);
  const size = first!.data.training.size;
  const none = { imageBytes: null, flashBytes: null };
  const ramBytes: Figure = { value: sizes.encoderRam, source: 'measured' };
  if (!encoder) {
    return {
      name: first!.own ? `${first!.own.name}, a model of one’s own` : 'Log-mel statistics',
      embeddingSize: size,
      parameters: first!.own ? null : 0,
      ...none,
      ramBytes: null,
      heldOut,
      folds: null,
    };
  }
  const image = encoder.built.files.image.length;
  // its own classifier was tested on the folds of the data that it was trained on, and no others
  const ofFolds = models.filter(({ fold }, i) => models.findIndex((one) => one.fold === fold) === i);
  const classified = ofFolds.flatMap(({ fold, encoder: one, heldOut: apart, data }) =>
    fold !== null && apart && one?.classifier && one.heldOutFold === fold && overlaps(one, data.heard)
      ? [{ fold, float: one.classifier.float, int8: one.classifier.int8 }]
      : [],
  );
  return {
    name:
      models.length > 1 && new Set(models.map((one) => one.encoder?.id)).size > 1
        ? 'ESC-10 encoders, one a fold'
        : encoder.name,
    embeddingSize: size,
    parameters: encoder.parameters,
    imageBytes: { value: image, source: 'measured' },
    flashBytes: { value: image + sizes.frontEndFlash, source: 'measured' },
    ramBytes,
    heldOut,
    folds: classified.length > 0 ? classified : null,
  };
}

export function parametersOf({ layers }: LatentExpert): number {
  return layers.reduce(
    (sum, { weights, bias, norm }) => sum + weights.length + bias.length + (norm ? 2 * bias.length : 0),
    0,
  );
}

/** What a reader must know besides what the report tells from the figures. */
export function limitsOf(models: readonly FoldModels[]): string[] {
  const encoder = models[0]!.encoder;
  return [
    ...(encoder &&
    encoder.heldOutFold !== null &&
    models.some(({ encoder: one, data }) => data.validationUnheard === false && overlaps(one, data.heard))
      ? [
          'The encoder was trained on the training folds, the validation clips among them: validation is easier than testing, and the temperatures fitted to it are too low.',
        ]
      : []),
    ...(encoder
      ? [
          `The encoder takes ${(multiplyAccumulates(encoder.built.quantized) / 1e6).toFixed(1)} million multiply-accumulates a window, whichever expert answers.`,
        ]
      : []),
  ];
}

function overlaps(encoder: FoldModels['encoder'], { clips }: EmbeddedDataset): boolean {
  return encoder !== null && clips.some((clip) => recordingsOf(clip).some((one) => encoder.heard.has(one)));
}

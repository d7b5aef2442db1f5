/** A bank that was tested as it is, as the report's one object. */
import { basename } from 'node:path';
import { firmwareSizes } from '../../../../devices/boards/firmware-sizes.ts';
import type { BootstrapOptions } from '../../../../models/evaluation/bootstrap.ts';
import { zeroWeights } from '../../../../models/experts/zero-weights.ts';
import { readExpert } from '../../../../models/packing/read.ts';
import type { EncoderSummary, Results } from '../../../../models/report/results.ts';
import { kindOf } from '../../../../models/study/kinds.ts';
import type { ExpertFacts } from '../../../../models/study/summarise.ts';
import type { Banks } from '../../../banks/banks.ts';
import type { EmbeddedDataset } from '../../../datasets/dataset.ts';
import { flips } from '../assess-models.ts';
import type { Decided } from '../decided.ts';
import type { PricedCascades } from '../cascade-results.ts';
import type { OnBoard } from '../on-a-board.ts';
import { dataSetSummary } from '../results.ts';
import type { StudyThread } from '../study-thread.ts';
import type { BankMembers } from './bank-members.ts';
import { bankTestAskedOf, type BankTestParams } from './params.ts';

export const bootstrapOf = ({ resamples, seed }: BankTestParams): BootstrapOptions => ({
  ...{ resamples, seed, level: 0.95 },
});

export async function bankTestResults(
  {
    params,
    banks,
    version,
  }: { readonly params: BankTestParams; readonly banks: Banks; readonly version: string },
  found: {
    readonly bank: BankMembers;
    readonly heard: EmbeddedDataset;
    readonly told: Decided;
    readonly onBoard: OnBoard | null;
    readonly thread: StudyThread;
    /** null where the bank has none */
    readonly cascade: PricedCascades | null;
  },
): Promise<Results> {
  const { bank, heard, told, onBoard, thread, cascade } = found;
  const bootstrap = bootstrapOf(params);
  const encoder = encoderOf(banks, bank);
  const experts: ExpertFacts[] = [];
  for (const { kind, info } of bank.experts) {
    const ran = onBoard?.costs.experts.get(kind.id);
    const numbers = (await banks.file(info.id, 'weights.f32')).length / 4;
    experts.push({
      kind: kind.id,
      detail: `${info.name}, version ${info.version}`,
      // What the embedding is standardized with lies beside the weights.
      parameters: numbers - 2 * info.embeddingSize,
      zeroWeights: zeroWeights(readExpert(await banks.file(info.id, 'image')).expert),
      imageBytes: { value: info.imageBytes, source: 'measured' },
      flashBytes: {
        value: firmwareSizes.code + (encoder.imageBytes?.value ?? 0) + info.imageBytes,
        source: 'measured',
      },
      ramBytes: { value: firmwareSizes.ram, source: 'measured' },
      losses: [],
      cost: ran?.cost ?? null,
      trainingSeconds: null,
      agreement: ran?.agreement ?? null,
    });
  }
  const summary = await thread.summarise({
    classes: bank.classes.length,
    bank: bank.router?.kinds ?? [],
    folds: told.outcomes,
    experts,
    mixtureCosts: told.mixtureCosts,
    prices: told.prices,
    mixtureTrainingSeconds: null,
    routerLosses: [],
    flipDraws: flips.draws,
    alpha: bank.router?.network.routing.alpha ?? 0,
    bootstrap,
    margin: params.margin,
  });
  const dataSet = dataSetSummary(basename(params.path), heard);
  const leftOut = (kind: string): number => heard.problems.filter((one) => one.kind === kind).length;
  return {
    format: 1,
    title: `The bank ${params.bankId} on ${dataSet.name}`,
    createdMs: Date.now(),
    version,
    asked: bankTestAskedOf(params),
    tested: {
      bank: params.bankId,
      trainedOn: bank.trainedOn,
      heldOutFold: bank.experts[0]!.info.heldOutFold,
      heard: leftOut('heard-before'),
      otherLabels: leftOut('other-label'),
    },
    dataSet: {
      ...dataSet,
      classes: bank.classes,
      clipsPerClass: bank.classes.map((name) => dataSet.clipsPerClass[dataSet.classes.indexOf(name)] ?? 0),
    },
    protocol: {
      officialFolds: heard.officialFolds,
      sourcesApart: true,
      validation: 'none: nothing was trained, and no temperature fitted',
      ...bootstrap,
      answers: 'engine',
    },
    encoder,
    ...summary,
    flips: bank.router ? summary.flips : null,
    cascade: cascade?.summary ?? null,
    bank: (bank.router?.kinds ?? []).map((id) => kindOf(id).name),
    board: onBoard?.about ?? null,
    carbon: { gramsPerKwh: params.gramsPerKwh, origin: params.gridOrigin, training: null },
    limits: [
      ...(bank.trainedOn === null
        ? [
            'What the experts of this bank were trained on is not listed in it: recordings that its encoder heard were left out, and others may have been heard.',
          ]
        : []),
      ...(cascade?.limits ?? []),
      ...bank.leftOut.map((name) => `The bank has several cascades: ${name} and its stages were not tested.`),
    ],
  };
}

function encoderOf(banks: Banks, { experts }: BankMembers): EncoderSummary {
  const [first] = experts;
  const info = banks.encoders.find(({ id }) => id === first!.info.encoder);
  const image = first!.images.encoders[0]?.length ?? null;
  return {
    name: info?.name ?? 'Log-mel statistics',
    embeddingSize: first!.info.embeddingSize,
    parameters: info?.parameters ?? 0,
    imageBytes: image === null ? null : { value: image, source: 'measured' },
    flashBytes: image === null ? null : { value: image + firmwareSizes.frontEndFlash, source: 'measured' },
    ramBytes: image === null ? null : { value: firmwareSizes.encoderRam, source: 'measured' },
    heldOut: true,
    folds: null,
  };
}

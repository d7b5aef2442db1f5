import { grouped } from '../../../main/contract/figures.ts';
import { trainingGrams } from '../../evaluation/carbon.ts';
import { costOf } from '../cost.ts';
import { digits, score } from '../format.ts';
import type { Results } from '../results.ts';
import { millisecondsCell, plainCell, sourcedCell, textCell, type Table } from '../table.ts';

export function latencyTable({ experts, mixtures, carbon }: Results): Table {
  return {
    title: 'Latency of one inference',
    columns: [
      'Model',
      'Inferences',
      'Mean, ms',
      'Deviation, ms',
      'p50, ms',
      'p95, ms',
      'p99, ms',
      'Front end, ms',
      'Encoder, ms',
      'Router, ms',
      'Expert, ms',
    ],
    rows: [...experts, ...mixtures].map((model) => {
      const cost = costOf(model, carbon);
      const stages = model.cost?.stagesUs;
      const times = [cost?.mean, cost?.deviation, cost?.p50, cost?.p95, cost?.p99];
      const means = [stages?.features, stages?.encoder, stages?.router, stages?.expert];
      return [
        textCell(model.name),
        plainCell(cost?.inferences ?? null, grouped),
        ...[...times, ...means].map((us) => millisecondsCell(us ?? null, cost?.latencySource ?? 'measured')),
      ];
    }),
    notes: ['The stages are means; the deviation is the sample standard deviation of single inferences.'],
  };
}

export function energyTable({ experts, mixtures, carbon }: Results): Table {
  return {
    title: 'Energy and carbon of one inference',
    columns: [
      'Model',
      'Weighted F1',
      'Energy, mJ',
      'F1 per mJ',
      'CO2 per 1000 inferences, g',
      'Training it once, s',
      'Inferences that emit what that did',
    ],
    rows: [...experts, ...mixtures].map((model) => {
      const cost = costOf(model, carbon);
      return [
        textCell(model.name),
        plainCell(model.scores.weightedF1.pooled.value, score),
        ...[cost?.millijoule, cost?.f1PerMillijoule, cost?.grams, model.trainingSeconds, cost?.breakEven].map(
          (figure) => sourcedCell(figure ?? null, digits),
        ),
      ];
    }),
    notes: carbonNotes(carbon),
  };
}

/** Implementation error and quantization error, apart. */
export function agreementTable({ experts }: Results): Table {
  return {
    title: 'Board against reference',
    columns: [
      'Expert',
      'Windows',
      'Same class as the quantized reference',
      'Implementation error',
      'Quantization error',
    ],
    rows: experts.flatMap(({ name, agreement }) =>
      agreement === null
        ? []
        : [
            [
              textCell(name),
              plainCell(agreement.windows, digits),
              plainCell(agreement.sameTopClass, digits),
              plainCell(agreement.implementation, digits),
              plainCell(agreement.quantization, digits),
            ],
          ],
    ),
    notes: [
      'The largest difference of logits, relative to the largest logit: board against quantized reference, and quantized against float reference.',
    ],
  };
}

const encoderText = ({ encoderSeconds }: NonNullable<Results['carbon']>): string =>
  encoderSeconds
    ? `Each is charged besides with one training of the encoder, ${digits(encoderSeconds.value)} s (${encoderSeconds.source}), as if at the same watts.`
    : 'What training the encoder took is not known, and left out.';

function carbonNotes(carbon: Results['carbon']): string[] {
  if (carbon === null) return ['No grid intensity was chosen: there is no carbon.'];
  const grid = `Grid: ${digits(carbon.gramsPerKwh)} g CO2 per kWh (${carbon.origin}).`;
  if (carbon.training === null) return [grid, 'The training was not timed.'];
  const { seconds, watts } = carbon.training;
  const grams = trainingGrams(seconds.value, watts, carbon.gramsPerKwh);
  return [
    grid,
    `Training all models of all folds and seeds: ${digits(seconds.value)} s (${seconds.source}) at ${digits(watts)} W (stated, not metered), ${digits(grams)} g CO2 (modelled); encoders are not in it. The last column is the energy of one training of the model over that of one inference: of an expert its own; of a router’s mixture its experts, what the router learns from and the router; of a threshold its two experts. ${encoderText(carbon)} Making the board and sending its data are left out.`,
  ];
}

/**
 * The learned gate of a cascade: from the embedding of the first encoder, whether the first expert is enough. It learns
 * from what experts say of sounds that they have not heard (cross-fit.ts).
 */
import type { LatentRouter } from '../bank/build.ts';
import type { LatentExpert, LinearLayer } from '../experts/expert.ts';
import { argmax } from '../evaluation/probability.ts';
import type { TrainingData } from './data.ts';
import { trainExpert, type TrainedExpert, type TrainingOptions } from './train.ts';

const enough = 0;
const further = 1;

/**
 * The sounds that all experts speak of, each labelled with whether the first is right, or no later one is: going on would
 * not help then.
 * @param logits [expert][samples · classes] of sounds that they have not heard (`heldOutLogits`); NaN: nobody speaks
 */
export function gateData(data: TrainingData, logits: readonly Float32Array[]): TrainingData {
  const classes = data.classes.length;
  const saysRight = (own: Float32Array, row: number) =>
    argmax(own.subarray(row * classes, (row + 1) * classes)) === data.labels[row];
  const rows = [...data.labels.keys()].filter(
    (row) =>
      (data.mixed?.seconds[row] ?? null) === null &&
      logits.every((own) => !Number.isNaN(own[row * classes]!)),
  );
  const [first, ...later] = logits;
  const { size } = data;
  const embeddings = new Float32Array(rows.length * size);
  rows.forEach((row, i) => embeddings.set(data.embeddings.subarray(row * size, (row + 1) * size), i * size));
  return {
    ...{ embeddings, size },
    labels: Int32Array.from(rows, (row) =>
      saysRight(first!, row) || !later.some((own) => saysRight(own, row)) ? enough : further,
    ),
    groups: rows.map((row) => data.groups[row]!),
    classes: ['the first expert is enough', 'a later one is right'],
    ...(data.heard ? { heard: data.heard } : {}),
  };
}

export interface TrainedGate extends Pick<TrainedExpert, 'best' | 'epochs' | 'reports'> {
  readonly gate: Omit<LatentRouter, 'cascade'>;
}

/**
 * @param experts names, in the order of their cost
 * @param options of a quantized gate; its layers and their bits
 * @throws CurlewError as `trainExpert`: also where the first expert is always enough, or never
 */
export async function trainGate(
  data: TrainingData,
  logits: readonly Float32Array[],
  experts: readonly string[],
  options: TrainingOptions & { readonly precision: LatentRouter['precision'] },
): Promise<TrainedGate> {
  const { expert, best, epochs, reports } = await trainExpert(gateData(data, logits), options);
  return {
    ...{ best, epochs, reports },
    gate: {
      expert: widened({ ...expert, labels: experts }),
      precision: options.precision,
      prior: new Float32Array(experts.length),
      routing: { alpha: 0, curiosityScale: 1, dropout: 0, seed: options.seed >>> 0, passes: 0, topK: 1 },
    },
  };
}

/** An output for each expert: the second's share is dealt among the later ones, so that the first's stays what it is. */
function widened(gate: LatentExpert): LatentExpert {
  const outputs = gate.labels.length;
  const last = gate.layers.at(-1) as LinearLayer;
  const { inputs, weights, bias } = last;
  const later = outputs - 1;
  const wide: LinearLayer = {
    ...last,
    outputs,
    weights: Float32Array.from(
      { length: outputs * inputs },
      (_, at) => weights[(at < inputs ? 0 : inputs) + (at % inputs)]!,
    ),
    bias: Float32Array.from({ length: outputs }, (_, o) =>
      o === 0 ? bias[enough]! : bias[further]! - Math.log(later),
    ),
  };
  return { ...gate, layers: [...gate.layers.slice(0, -1), wide] };
}

/** What decides by the first expert's own answer: a router without layers. @param size of the first encoder's embedding */
export function firstDeciding(
  name: string,
  version: number,
  experts: readonly string[],
  size: number,
): Omit<LatentRouter, 'cascade'> {
  return {
    expert: {
      ...{ name, version, labels: experts, layers: [] },
      standardization: { offset: new Float32Array(size), scale: new Float32Array(size).fill(1) },
    },
    precision: 32,
    prior: new Float32Array(experts.length),
    routing: { alpha: 0, curiosityScale: 1, dropout: 0, seed: 0, passes: 0, topK: 1 },
  };
}

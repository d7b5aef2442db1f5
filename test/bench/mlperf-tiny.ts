/**
 * The model of time and energy held against hardware: what it says of two of MLPerf Tiny's networks, in cycles a
 * multiply-accumulate, and what was measured with other runtimes on the board of its profile, a NUCLEO-L4R5ZI.
 *
 * Keyword spotting runs on the virtual board, as an encoder of that network's layers. Its image is larger than the
 * benchmark's (a patch of 96 x 64, halved first, instead of 49 x 10): each layer has its share of the
 * multiply-accumulates all the same. Anomaly detection is a stack of dense layers, taken from the kernel table.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { defaultProfile, kernelTable, nanosecondsPerInstruction } from '../../devices/boards/profiles.ts';
import { VirtualBoard } from '../../devices/boards/virtual/virtual-board.ts';
import { CurlewBoard } from '../../devices/drivers/curlew/board.ts';
import { runTrial } from '../../main/jobs/study/on-board.ts';
import { resources } from '../../main/resources.ts';
import { table, type Row } from '../../main/shells/cli/output.ts';
import { multiplyAccumulates } from '../../models/encoder/encoder.ts';
import { quantizeEncoder } from '../../models/encoder/quantize.ts';
import { packEncoder } from '../../models/packing/pack-encoder.ts';
import { packExpert } from '../../models/packing/pack.ts';
import { layer, randomEncoder } from '../fixtures/random-encoder.ts';
import { randomExpertOf } from '../fixtures/random-expert.ts';
import type { Bench, Figures } from './run.ts';

/** Multiply-accumulates of the benchmark's own networks. */
const keywordMacs = 2_656_768;
const dense = [640, 128, 128, 128, 128, 8, 128, 128, 128, 128, 640];
const denseMacs = dense.slice(1).reduce((sum, outputs, i) => sum + outputs * dense[i]!, 0);

/**
 * Median inferences a second and microjoules an inference, closed division: github.com/mlcommons, tiny_results_v1.0
 * (STMicroelectronics: X-CUBE-AI 7.3.0; OctoML: microTVM with CMSIS-NN) and tiny_results_v0.5 (reference: TensorFlow Lite
 * for Microcontrollers 2.3.1), each under closed/…/results/NUCLEO_L4R5ZI. All at 120 MHz and 1.8 V.
 */
const published = [
  {
    network: 'keyword spotting',
    macs: keywordMacs,
    by: 'X-CUBE-AI, v1.0',
    perSecond: 13.323,
    microjoule: 3371.738,
  },
  {
    network: 'keyword spotting',
    macs: keywordMacs,
    by: 'microTVM with CMSIS-NN, v1.0',
    perSecond: 10.019,
    microjoule: null,
  },
  {
    network: 'keyword spotting',
    macs: keywordMacs,
    by: 'TensorFlow Lite Micro, v0.5',
    perSecond: 5.497,
    microjoule: 7373.704,
  },
  {
    network: 'anomaly detection',
    macs: denseMacs,
    by: 'X-CUBE-AI, v1.0',
    perSecond: 131.95,
    microjoule: 322.977,
  },
] as const;

export const bench: Bench = async (say) => {
  const modelled = {
    'keyword spotting': await keywordCost(),
    'anomaly detection': denseCost(),
  };
  const figures: Figures = {};
  const rows: Row[] = [];
  const add = (
    network: string,
    by: string,
    source: string,
    cycles: number,
    nanojoule: number | null,
  ): void => {
    rows.push([network, by, cycles.toFixed(2), nanojoule === null ? '—' : nanojoule.toFixed(2), source]);
    figures[`${network}, ${by}`.replace(/[ ,.-]+/g, '_').toLowerCase()] = Number(cycles.toFixed(3));
  };
  for (const [network, cost] of Object.entries(modelled)) {
    add(network, 'Curlew', 'modelled', cost.cycles, cost.nanojoule);
    for (const one of published.filter((other) => other.network === network)) {
      const nanojoule = one.microjoule === null ? null : (1000 * one.microjoule) / one.macs;
      add(network, one.by, 'measured', defaultProfile.clockHz / one.perSecond / one.macs, nanojoule);
    }
  }
  say(table(['network', 'runtime', 'cycles a MAC', 'nJ a MAC', 'source'], rows));
  say(
    `Measured by others on a NUCLEO-L4R5ZI at 120 MHz (MLPerf Tiny); modelled after ${defaultProfile.title}.`,
  );
  return figures;
};

/** Of one multiply-accumulate. */
interface MacCost {
  readonly cycles: number;
  readonly nanojoule: number;
}

const costOf = (microseconds: number, macs: number): MacCost => ({
  cycles: (microseconds * defaultProfile.clockHz) / 1e6 / macs,
  nanojoule: (microseconds * defaultProfile.supplyVolts * defaultProfile.activeMilliamps!) / macs,
});

async function keywordCost(): Promise<MacCost> {
  const filters = 64;
  const separable = [layer('depthwise', 3, 1, filters), layer('convolution', 1, 1, filters)];
  const encoder = quantizeEncoder(
    randomEncoder(1, [
      layer('average-pool', 2, 2, 1),
      { ...layer('convolution', 1, 2, filters), kernel: [10, 4] },
      ...[...separable, ...separable, ...separable, ...separable],
      { ...layer('average-pool', 1, 1, filters, 'none'), kernel: [24, 16] },
      // What random experts take; the benchmark's own last layer has 12 outputs, and neither weighs anything.
      layer('convolution', 1, 1, 384),
    ]),
  );
  const image = packEncoder(encoder, new Uint8Array(32));
  const expert = {
    ...randomExpertOf(8, 1),
    encoderHash: new Uint8Array(createHash('sha256').update(image).digest()),
  };
  const port = new VirtualBoard({
    wasm: await readFile(resources.virtualBoard),
    name: 'bench',
    id: randomBytes(8),
  });
  const board = await CurlewBoard.open(port);
  try {
    const [result] = await runTrial(
      board,
      {
        encoders: [image],
        experts: [packExpert(expert, new Uint8Array(32))],
        router: null,
        windows: [new Int16Array(15_600)],
      },
      { signal: new AbortController().signal },
    );
    return costOf(result!.latencyUs[1]!, multiplyAccumulates(encoder));
  } finally {
    await board.close();
    port.switchOff();
  }
}

/** Dense layers of 8 bits, as the kernels count them; a block is 16 weights. */
function denseCost(): MacCost {
  const { quant_static, prepare_8, block_8, row_8 } = kernelTable.instructions;
  const instructions = dense.slice(1).reduce((sum, outputs, i) => {
    const blocks = Math.ceil(dense[i]! / 16);
    return sum + quant_static * dense[i]! + prepare_8 * blocks + block_8 * blocks * outputs + row_8 * outputs;
  }, 0);
  const microseconds = (instructions * nanosecondsPerInstruction(defaultProfile)) / 1000;
  return costOf(microseconds, denseMacs);
}

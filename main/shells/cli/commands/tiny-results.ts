/** What a benchmark of a device under test found, for a person and for programs. */
import type { LabClient } from '../../../contract/client.ts';
import { count, percent } from '../../../contract/figures.ts';
import type {
  Job,
  TinyAgreement,
  TinyDevice,
  TinyRecord,
  TinyResult,
  TinyRun,
} from '../../../contract/types.ts';
import { withUncertainty, secondsText } from '../../../instruments/contract/words.ts';
import { resolution } from '../../../mlperf-tiny/contract/results.ts';
import {
  isClockFast,
  joulesEachOf,
  microjoulesText,
  perSecondOf,
  perSecondText,
  shareText,
  sourceOf,
} from '../../../mlperf-tiny/contract/words.ts';
import type { Answer } from '../command.ts';
import { exit, exitOfShare } from '../exit.ts';
import { table } from '../output.ts';

export const deviceText = (device: TinyDevice): string =>
  [
    `${device.model} on ${device.vendor}, at ${device.portId}, ${device.baudRate} baud`,
    `firmware   ${device.firmware}, built for ${device.mode} mode`,
    ...(device.simulated ? [`simulated  a process of a computer, no board`] : []),
  ].join('\n');

/** “123 inf/s”, “252.1 µJ/inf”, “top-1 91.2 %”, “AUC 0.98”. */
export const figuresOf = ({ perSecond, joulesEach, top1, auc, simulated }: TinyResult): string[] => [
  ...(perSecond === null ? [] : [perSecondText(perSecond)]),
  ...(joulesEach === null ? [] : [microjoulesText(joulesEach)]),
  ...(top1 === null ? [] : [`top-1 ${percent(top1)}`]),
  ...(auc === null ? [] : [`AUC ${auc.toFixed(4)}`]),
  ...(simulated ? ['simulated'] : []),
];

/** @param job of a benchmark */
export async function benchmarked(client: LabClient, job: Job): Promise<Answer> {
  if (job.result?.kind !== 'tiny') return { text: `${job.title}: ${job.state}.`, json: job };
  const { result } = job;
  const record = await client.request('tiny.record', { jobId: job.id });
  const lines = [deviceText(record.device), ''];
  lines.push(...(record.benchmark === 'accuracy' ? accuracyLines(record, result) : runLines(record, result)));
  return { text: lines.join('\n'), json: { result, record }, exit: exitOf(record, result) };
}

function exitOf({ runs }: TinyRecord, { benchmark, inputs, failed }: TinyResult): number {
  if (benchmark === 'accuracy') return exitOfShare(inputs - failed, failed);
  return runs.some(({ energy }) => (energy?.lost ?? 0) > 0) ? exit.some : exit.done;
}

function runLines({ runs, lengths, device, meter }: TinyRecord, result: TinyResult): string[] {
  const head = ['run', 'input', 'inferences', 'time', 'inferences a second'];
  const row = (run: TinyRun, at: number) => [
    ...[at + 1, run.input, run.inferences, secondsText(run.seconds), perSecondText(perSecondOf(run))],
    ...(run.energy ? energyCells(run) : []),
  ];
  const { runs: many, leastSeconds, leastInferences } = lengths!;
  const fast = runs.filter(isClockFast).length;
  return [
    table(meter ? [...head, 'energy an inference', 'energy', 'capture'] : head, runs.map(row)),
    '',
    `median     ${figuresOf({ ...result, simulated: false }).join(', ')} (${sourceOf(device)})`,
    `runs       ${many}, each of ${leastSeconds} s and ${leastInferences} inferences at least`,
    ...(meter ? [`meter      ${meter.name}, at ${meter.volts} V`] : []),
    ...(fast > 0
      ? [
          `doubtful   in ${count(fast, 'run')} its clock tells more time than passed here: its seconds are too short`,
        ]
      : []),
  ];
}

const energyCells = (run: TinyRun): string[] => [
  microjoulesText(joulesEachOf(run)!),
  withUncertainty(run.energy!.joules, run.energy!.uncertainty) +
    (run.energy!.lost > 0 ? `, ${count(run.energy!.lost, 'sample')} lost` : ''),
  run.energy!.captureId?.slice(0, 8) ?? '—',
];

function accuracyLines(
  { score, target, answers, agreement, device }: TinyRecord,
  result: TinyResult,
): string[] {
  const bad = answers.filter(({ problem }) => problem !== null);
  return [
    ...(score?.top1 ? [`top-1      ${shareText(score.top1)}`] : []),
    `AUC        ${score?.auc === null || score?.auc === undefined ? 'cannot be told: a class is missing' : score.auc.toFixed(4)}`,
    `inputs     ${result.inputs}${result.failed > 0 ? `, ${result.failed} without an answer` : ''} (${sourceOf(device)})`,
    ...(target
      ? [
          `target     ${target.measure === 'auc' ? `AUC ${target.least}` : `top-1 ${percent(target.least, 0)}`}: ` +
            (target.met === null ? 'cannot be told' : target.met ? 'met' : 'missed'),
        ]
      : []),
    ...(agreement ? ['', ...agreementLines(agreement)] : []),
    ...bad.slice(0, 10).map(({ input, problem }) => `${input}: ${problem!.message}`),
    ...(bad.length > 10 ? [`and ${bad.length - 10} more`] : []),
  ];
}

const agreementLines = ({ sameClass, largest, mean, score }: TinyAgreement): string[] => [
  'beside the reference',
  ...(sameClass ? [`same class ${shareText(sameClass)}`] : []),
  largest === null || mean === null
    ? 'differ by  cannot be told: the reference gives codes, on a scale of their own'
    : `differ by  ${largest.toPrecision(2)} at most, ${mean.toPrecision(2)} on the mean; the device tells ${resolution}`,
  ...(score.top1 ? [`its top-1  ${shareText(score.top1)}`] : []),
  ...(score.auc === null ? [] : [`its AUC    ${score.auc.toFixed(4)}`]),
];

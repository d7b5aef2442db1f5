/** Words for what the contract holds, the same on the page and on the command line. */
import { count, dateTime, grouped, percent } from './figures.ts';
import type {
  Board,
  BoardHoldings,
  DeployResult,
  ExpertInfo,
  OwnHead,
  OwnModel,
  Slot,
  TelemetryHeld,
} from './types.ts';

/** How a model's hidden weights are stored. */
export const weightsOf = ({ bits, ternary }: { bits: number; ternary: boolean }): string =>
  ternary ? 'ternary' : bits === 32 ? 'float' : `${bits}-bit`;

/** What is said of an expert behind its name, which mostly tells its precision: that is not said twice. */
export function behindName(expert: {
  name: string;
  bits: number;
  ternary: boolean;
  version: number;
}): string {
  const weights = weightsOf(expert);
  const version = `version ${expert.version}`;
  return expert.name.includes(weights) ? version : `${weights}, ${version}`;
}

const precisions: Partial<Record<ExpertInfo['precision'], string>> = {
  32: 'float',
  ternary: 'ternary',
  'ternary-absmean': 'ternary, absmean',
  'ternary-activations': 'ternary, popcount',
  static8: '8-bit PTQ',
};

/** How an expert computes, in the field's word: 4-bit, ternary, float, … */
export const precisionOf = ({ precision }: Pick<ExpertInfo, 'precision'>): string =>
  precisions[precision] ?? `${precision}-bit`;

/** What erasing a slot takes away, a sentence or two. */
export function erasedOf(
  {
    slot,
    state,
    name,
    kind,
    version,
    previous,
  }: Pick<Slot, 'slot' | 'state' | 'name' | 'kind' | 'version' | 'previous'>,
  boardName: string,
): string {
  const where = `Slot ${slot} of ${boardName}`;
  if (state === 'partial') return `${where} holds a part of an upload, which would begin anew.`;
  const what = `${where} holds the ${kind} ${name}, version ${version}.`;
  return previous
    ? `${what} The board falls back on it: once it is erased there is no way back to the bank before.`
    : `${what} It is not in use; to run it again it must be sent again.`;
}

/** What is told of a transfer, everywhere: figures of the bytes that were sent, and what the board held already apart. */
export interface Transfer {
  sentBytes: number;
  heldBytes: number;
  seconds: number;
  /** Null where nothing was sent. */
  bytesPerSecond: number | null;
  /** Of the line's byte rate; null where that is unknown, or nothing was sent. */
  lineShare: number | null;
}

/** @returns null for a deployment of an earlier lab, whose figures were of bytes that may never have been sent */
export function transferOf({ bytes, sent, uploadMs, lineShare }: DeployResult): Transfer | null {
  if (sent === undefined) return null;
  return {
    sentBytes: sent,
    heldBytes: bytes - sent,
    seconds: uploadMs / 1000,
    bytesPerSecond: sent > 0 && uploadMs > 0 ? (1000 * sent) / uploadMs : null,
    lineShare: sent > 0 ? lineShare : null,
  };
}

/** What a bank member's accuracy is of: the clips of the fold that was left out, or those that chose when training ended. */
export function testedOn({
  heldOutFold,
  testedClips,
}: Pick<ExpertInfo, 'heldOutFold' | 'testedClips'>): string {
  if (heldOutFold === null)
    return testedClips === null ? 'validation clips' : count(testedClips, 'validation clip');
  return testedClips === null ? `fold ${heldOutFold}` : `fold ${heldOutFold}, ${count(testedClips, 'clip')}`;
}

/** What a bank holds, of each kind how many: “5 experts, 1 router”. */
export function bankHolds(held: { experts: number; routers: number; encoders: number }): string {
  const parts = [
    [held.experts, 'expert'],
    [held.routers, 'router'],
    [held.encoders, 'encoder'],
  ] as const;
  return parts.flatMap(([number, one]) => (number > 0 ? [count(number, one)] : [])).join(', ');
}

/** “1,204 records, of 2026-11-26 09:00:00 to 2026-11-27 14:03:05”. */
export const recordsHeld = ({ records, firstMs, lastMs }: TelemetryHeld): string =>
  firstMs === null || lastMs === null
    ? 'no records'
    : `${count(records, 'record')}, of ${dateTime(firstMs)} to ${dateTime(lastMs)}`;

/** What goes when a board is forgotten, and what follows from that, in sentences. */
export function forgottenOf(
  { name, keyId }: Pick<Board, 'name' | 'keyId'>,
  { telemetry, deployments, logEntries, visits, described, files }: BoardHoldings,
): string[] {
  const kept = [
    recordsHeld(telemetry),
    count(deployments, 'deployment'),
    `a log of ${count(logEntries, 'entry', 'entries')}`,
    ...(visits > 0 ? [count(visits, 'visit')] : []),
    ...(described ? ['its name, place, notes and what was wanted of it'] : []),
  ];
  return [
    `All that the lab keeps of ${name} goes for good: ${kept.join('; ')}. Results of jobs stay.`,
    files
      ? 'It is a simulated board: its flash and its identity are files of the lab, and go too.'
      : 'Attached again, it is met as a new board, and sends what its own memory still holds.',
    ...(keyId === null
      ? []
      : [
          `It takes only images signed with the key ${keyId}, which nothing keeps from being deleted any more.`,
        ]),
  ];
}

/** What an expert that was trained on a model's embedding is, and how well it did. */
export const ownHeadWords = ({ kind, encoder, dataSet, accuracy, ...tested }: OwnHead): string =>
  `${kind}, on the embedding of ${encoder.name} (sha256 ${encoder.sha256.slice(0, 12)}…), trained on ${dataSet}; right in ${percent(accuracy)} of ${testedOn(tested)}`;

/** What a model of the person's own takes: its windows, at their rate. */
export function ownModelTakes({
  sampleRate,
  windowSamples,
  hopSamples,
  input,
}: OwnModel['description']): string {
  const seconds = (samples: number): string => `${Number((samples / sampleRate).toFixed(3))} s`;
  const what = input.kind === 'log-mel' ? 'log-mel of ' : '';
  const hop = hopSamples === windowSamples ? '' : ` every ${seconds(hopSamples)}`;
  return `${what}windows of ${seconds(windowSamples)}${hop} at ${grouped(sampleRate)} Hz`;
}

/** Measured on one thread of this machine. */
export const ownModelSpeed = ({ windowMs, timesRealtime }: OwnModel['check']): string =>
  `${windowMs < 10 ? windowMs.toFixed(2) : windowMs.toFixed(0)} ms a window, ${
    timesRealtime < 10 ? timesRealtime.toFixed(1) : grouped(Math.round(timesRealtime))
  } × real time`;
